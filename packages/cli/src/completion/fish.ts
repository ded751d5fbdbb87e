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
            `complete -c modelslab-reload -n '__modelslab_reload_command ${name} first' -a ${quoteWord(operands.join(' '))}`,
          ]
        : []),
    ];
  });
  return `# fish completion for modelslab-reload
# Succeeds if the command line so far is for this command, or, for none, has only options. With a second argument, only
# if it has no operand either.
function __modelslab_reload_command
    set -l words (commandline -opc)
    set -e words[1]
    set -l skip no
    set -l command none
    set -l operands 0
    for word in $words
        if test $skip = yes
            set skip no
        else if contains -- $word ${namesWithValue().join(' ')}
            set skip yes
        else if test "$word" = --
            test $command = none; and set command reload
        else if string match -q -- '-*' $word
            continue
        else if test $command != none
            set operands 1
        else if contains -- $word ${COMMAND_NAMES.join(' ')}
            set command $word
        else
            set command reload
        end
    end
    switch $argv[1]
        case reload
            contains -- $command none reload
        case '*'
            test $command = $argv[1]; and test -z "$argv[2]" -o $operands = 0
    end
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
