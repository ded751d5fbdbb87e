import { COMMAND_NAMES, COMMANDS, type CommandName } from '../commands/table.ts';
import { namesWithValue, optionsOf, quoteWord, type NamedOption } from './shared.ts';

/** Returns the script for fish. */
export function fishCompletion(): string {
  const lines = COMMAND_NAMES.flatMap((name) => {
    const { summary, operands } = COMMANDS[name];
    return [
      `complete -c modelslab-reload -n '__modelslab_reload_command none' -a ${name} -d ${quoteWord(summary)}`,
      ...optionsOf(name).map((option) => optionLine(name, option)),
      ...(operands.length > 0
        ? [
            `complete -c modelslab-reload -n '__modelslab_reload_command ${name}' -a ${quoteWord(operands.join(' '))}`,
          ]
        : []),
    ];
  });
  return `# fish completion for modelslab-reload
# Succeeds if the command line so far is for this command, or, for none, has only options.
function __modelslab_reload_command
    set -l words (commandline -opc)
    set -e words[1]
    set -l skip no
    for word in $words
        if test $skip = yes
            set skip no
        else if contains -- $word ${namesWithValue().join(' ')}
            set skip yes
        else if not string match -q -- '-*' $word
            if contains -- $word ${COMMAND_NAMES.join(' ')}
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

function optionLine(
  command: CommandName,
  { short, long, value, values, isPath, summary }: NamedOption,
): string {
  const names = `${short === undefined ? '' : `-s ${short} `}-l ${long.slice(2)}`;
  const takes =
    value === undefined
      ? ''
      : isPath
        ? ' -r -F'
        : ` -x${values === undefined ? '' : ` -a ${quoteWord(values.join(' '))}`}`;
  return `complete -c modelslab-reload -n '__modelslab_reload_command ${command}' ${names}${takes} -d ${quoteWord(summary)}`;
}
