// A product that generates portraits with its own model. Its client and the function that sends image requests are
// parameters, so that a test can replace both.
const MODEL_ID = 'our-style';

export function createPortraitShop({ apiKey, modelslab, send }) {
  let previous = Promise.resolve();

  /** Returns the URL of a portrait. Waits while the model loads, which takes two minutes after a quiet week. */
  function draw(prompt) {
    return modelslab.withModel(MODEL_ID, () => {
      // One image at a time: the account's queue accepts five requests, and rejects more.
      const image = previous.then(() => requestImage(prompt));
      previous = image.catch(() => {});
      return image;
    });
  }

  async function requestImage(prompt) {
    const reply = await send({
      method: 'POST',
      url: 'https://modelslab.com/api/v6/images/text2img',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: apiKey, model_id: MODEL_ID, prompt }),
    });
    const { status, message, output } = JSON.parse(reply.text);
    if (status !== 'success') throw new Error(message);
    return output[0];
  }

  return { draw };
}
