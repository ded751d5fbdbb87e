import { commandNames, commands, type CommandName } from '../commands.ts';
import type { Option } from '../options.ts';
import { everywhere, namesWithValue, quote } from './words.ts';

export function fishCompletion(): string {
  const lines = commandNames.flatMap((name) => {
    const { summary, options, operands } = commands[name];
    return [
      `complete -c modelslab-reload -n '__modelslab_reload_command none' -a ${name} -d ${quote(summary)}`,
      ...[...options, ...everywhere].map((option) => optionLine(name, option)),
      ...(operands.length > 0
        ? [
            `complete -c modelslab-reload -n '__modelslab_reload_command ${name}' -a ${quote(operands.join(' '))}`,
          ]
        : []),
    ];
  });
  return `# fish completion for modelslab-reload
# Whether the command line so far is one of this command; none: no word but options stands in it.
function __modelslab_reload_command
    set -l words (commandline -opc)
    set -e words[1]
    set -l skip no
    for word in $words
        if test $skip = yes
            set skip no
        else if contains -- $word ${namesWithValue.join(' ')}
            set skip yes
        else if not string match -q -- '-*' $word
            if contains -- $word ${commandNames.join(' ')}
                test $word = $argv[1]
            else
                test reload = $argv[1]
            end
            return
        end
    end
    contains -- $argv[1] none reload
end
complete -c modelslab-reload -f
${lines.join('\n')}
`;
}

function optionLine(command: CommandName, { short, long, value, kind, summary }: Option): string {
  const names = `${short === undefined ? '' : `-s ${short.slice(1)} `}-l ${long.slice(2)}`;
  const takes =
    value === undefined
      ? ''
      : kind === 'path'
        ? ' -r -F'
        : ` -x${typeof kind === 'object' ? ` -a ${quote(kind.join(' '))}` : ''}`;
  return `complete -c modelslab-reload -n '__modelslab_reload_command ${command}' ${names}${takes} -d ${quote(summary)}`;
}
