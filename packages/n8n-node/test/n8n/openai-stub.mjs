import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * Starts a server that follows a script instead of a language model: it calls one tool once, then
 * repeats the tool's result. `requests` are the requests since the last script.
 */
export async function startOpenAiStub() {
  const requests = [];
  let call;

  async function answer(request, response) {
    const body = JSON.parse(await text(request));
    requests.push(body);
    const last = body.messages.at(-1);
    const calls = [{ index: 0, id: 'call-1', type: 'function', function: call }];
    const choice =
      last.role === 'tool'
        ? {
            message: { role: 'assistant', content: `The tool returned: ${last.content}` },
            end: 'stop',
          }
        : { message: { role: 'assistant', content: null, tool_calls: calls }, end: 'tool_calls' };
    if (body.stream) stream(response, choice);
    else reply(response, choice);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
    requests,
    script(tool, args) {
      requests.length = 0;
      call = { name: tool, arguments: JSON.stringify(args) };
    },
    /** Returns the tool's result that the language model received. */
    toolResults: () =>
      requests
        .at(-1)
        .messages.filter(({ role }) => role === 'tool')
        .map(({ content }) => content)
        .join('\n'),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

const common = { id: 'chat-1', created: 1, model: 'stub' };

function reply(response, { message, end }) {
  const choices = [{ index: 0, message, finish_reason: end }];
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ ...common, object: 'chat.completion', choices, usage }));
}

function stream(response, { message, end }) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const choice of [
    { index: 0, delta: message, finish_reason: null },
    { index: 0, delta: {}, finish_reason: end },
  ]) {
    const chunk = { ...common, object: 'chat.completion.chunk', choices: [choice] };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }
  response.end('data: [DONE]\n\n');
}
