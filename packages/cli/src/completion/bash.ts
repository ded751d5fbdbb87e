import { commandNames, commands } from '../commands.ts';
import type { Option } from '../options.ts';
import { everywhere, optionNames, namesWithValue } from './words.ts';

/** For bash 3.2 and later; needs no bash-completion. */
export function bashCompletion(): string {
  const cases = commandNames.map((name) => {
    const { options, operands } = commands[name];
    const flags = [...options, ...everywhere].flatMap(optionNames).join(' ');
    const words = name === 'reload' ? '' : operands.join(' ');
    return `    ${name})
      flags='${flags}'
      words='${words}'
      case $prev in
${valueCases(options)}
      esac
      ;;`;
  });
  return `# bash completion for modelslab-reload
_modelslab_reload() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  # bash takes --output=json for three words.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi

  local command= word i flags words values='' paths='' IFS=$' \\t\\n'
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in
      ${namesWithValue.join(' | ')}) ((i++)); [[ \${COMP_WORDS[i]} == = ]] && ((i++)) ;;
      -*) ;;
      *)
        command=$word
        break
        ;;
    esac
  done
  local first=$command
  case $command in
    ${commandNames.join(' | ')}) ;;
    *) command=reload ;;
  esac

  case $command in
${cases.join('\n')}
  esac
  if [[ -n $paths ]]; then
    compopt -o filenames 2>/dev/null
    IFS=$'\\n'
    COMPREPLY=($(compgen -f -- "$cur"))
  elif [[ -n $values ]]; then
    [[ $values == - ]] && values=
    COMPREPLY=($(compgen -W "$values" -- "$cur"))
  elif [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  elif [[ -z $first ]]; then
    COMPREPLY=($(compgen -W '${commandNames.join(' ')}' -- "$cur"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  fi
}
complete -F _modelslab_reload modelslab-reload
`;
}

/** What comes behind an option: \`-\` where nothing can be offered. */
function valueCases(options: readonly Option[]): string {
  return options
    .filter(({ value }) => value !== undefined)
    .map((option) => {
      const { kind } = option;
      const offer =
        kind === 'path'
          ? 'paths=yes'
          : `values='${typeof kind === 'object' ? kind.join(' ') : '-'}'`;
      return `        ${optionNames(option).join(' | ')}) ${offer} ;;`;
    })
    .join('\n');
}
