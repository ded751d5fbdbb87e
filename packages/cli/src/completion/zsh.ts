import { COMMAND_NAMES, COMMANDS } from '../commands/table.ts';
import { namesWithValue, optionNames, optionsOf, quoteWord, type NamedOption } from './shared.ts';

/** Returns the script for zsh. */
export function zshCompletion(): string {
  const cases = COMMAND_NAMES.map((name) => {
    const { operands } = COMMANDS[name];
    const specs = optionsOf(name).map((option) => toSpec(option));
    specs.push(
      name === 'reload'
        ? `"1:model id or command:_modelslab_reload_first" '*:model id:()'`
        : operands.length > 0
          ? quoteWord(`1:${name}:(${operands.join(' ')})`)
          : `'*: :()'`,
    );
    return `    ${name})
      _arguments -s -S \\
        ${specs.join(' \\\n        ')}
      ;;`;
  });
  const described = COMMAND_NAMES.map((name) => quoteWord(`${name}:${COMMANDS[name].summary}`));
  return `#compdef modelslab-reload
# zsh completion for modelslab-reload
_modelslab_reload_first() {
  # A word after the command's name, or after --, is a model id.
  (( named )) && return 1
  local -a commands=(${described.join(' ')})
  _describe command commands
}

_modelslab_reload() {
  local command=reload named=0 i word
  for (( i = 2; i < CURRENT; i++ )); do
    word=$words[i]
    case $word in
      ${namesWithValue().join('|')}) (( i++ )) ;;
      --)
        named=1
        break
        ;;
      -*) ;;
      ${COMMAND_NAMES.join('|')})
        command=$word named=1
        words[i]=()
        (( CURRENT-- ))
        break
        ;;
      *) break ;;
    esac
  done
  case $command in
${cases.join('\n')}
  esac
}

if [[ $funcstack[1] == _modelslab_reload ]]; then
  _modelslab_reload "$@"
else
  compdef _modelslab_reload modelslab-reload
fi
`;
}

/** Returns an option in the form that `_arguments` expects. */
function toSpec(option: NamedOption): string {
  const { value, values, isPath, repeats, summary } = option;
  const text = summary.replace(/[[\]:\\]/g, String.raw`\$&`);
  const offer = isPath ? '_files' : values === undefined ? ' ' : `(${values.join(' ')})`;
  const takes = value === undefined ? '' : `:${value}:${offer}`;
  const names = optionNames(option);
  const specs = names.map((name) => {
    // The value may be in the same word.
    const mark = value === undefined ? '' : name.startsWith('--') ? '=' : '+';
    return quoteWord(`${repeats ? '*' : ''}${name}${mark}[${text}]${takes}`);
  });
  // An option that was given in one form is not offered in the other.
  const isPair = names.length > 1 && !repeats;
  return specs.map((spec) => `${isPair ? quoteWord(`(${names.join(' ')})`) : ''}${spec}`).join(' ');
}
