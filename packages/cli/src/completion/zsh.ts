import { commandNames, commands } from '../commands.ts';
import type { Option } from '../options.ts';
import { everywhere, namesWithValue, quote } from './words.ts';

export function zshCompletion(): string {
  const cases = commandNames.map((name) => {
    const { options, operands } = commands[name];
    const specs = [...options, ...everywhere].map((option) => specOf(option));
    specs.push(
      name === 'reload'
        ? `"1:model id or command:_modelslab_reload_first" '*:model id: '`
        : operands.length > 0
          ? quote(`1:${name}:(${operands.join(' ')})`)
          : `'*: : '`,
    );
    return `    ${name})
      _arguments -s -S \\
        ${specs.join(' \\\n        ')}
      ;;`;
  });
  const described = commandNames.map((name) => quote(`${name}:${commands[name].summary}`));
  return `#compdef modelslab-reload
# zsh completion for modelslab-reload
_modelslab_reload_first() {
  # A word behind the command's name is a model id.
  (( named )) && return 1
  local -a commands=(${described.join(' ')})
  _describe command commands
}

_modelslab_reload() {
  local command=reload named=0 i word
  for (( i = 2; i < CURRENT; i++ )); do
    word=$words[i]
    case $word in
      ${namesWithValue.join('|')}) (( i++ )) ;;
      -*) ;;
      ${commandNames.join('|')})
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

/** What \`_arguments\` wants to know about an option. */
function specOf({ short, long, value, kind, repeats, summary }: Option): string {
  const names = short === undefined ? [long] : [short, long];
  const text = summary.replace(/[[\]:\\]/g, String.raw`\$&`);
  const takes =
    value === undefined
      ? ''
      : `:${value}:${kind === 'path' ? '_files' : typeof kind === 'object' ? `(${kind.join(' ')})` : ' '}`;
  const isLong = (name: string) => name.startsWith('--') && value !== undefined;
  if (names.length === 1)
    return quote(`${repeats ? '*' : ''}${long}${isLong(long) ? '=' : ''}[${text}]${takes}`);
  const alone = repeats ? '*' : `(${names.join(' ')})`;
  const each = names.map((name) =>
    quote(`${repeats ? '*' : ''}${name}${isLong(name) ? '=' : ''}[${text}]${takes}`),
  );
  return repeats ? each.join(' ') : each.map((spec) => quote(alone) + spec).join(' ');
}
