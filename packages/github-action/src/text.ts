import { toLine } from '@modelslab-reload/core/engine';

/** GitHub accepts 4,096 characters of an annotation. */
const MAX_ANNOTATION_LENGTH = 4000;

/** Returns one clean line without a command of the runner: `##[…]` anywhere, or `::…::` at its start. */
export function toLogLine(text: string): string {
  return toLine(text)
    .replaceAll('##[', '## [')
    .replace(/^:(?=:)/, ': ');
}

/** Returns one clean line that GitHub's Markdown shows unchanged: markup, HTML, links and table cells are escaped. */
export function escapeMarkdown(text: string): string {
  return toLine(text).replace(
    /[&<>|\\`*_~[\]!#$@"]|:(?=\/\/)|(?<=www)\./gi,
    (mark) => `&#${mark.charCodeAt(0)};`,
  );
}

export function formatError({ message, hint }: { message: string; hint: string }): string {
  return `${message}${/[.!?…]$/.test(message) ? '' : '.'} ${hint}`;
}

export function truncate(text: string): string {
  return text.length > MAX_ANNOTATION_LENGTH ? `${text.slice(0, MAX_ANNOTATION_LENGTH)}…` : text;
}
