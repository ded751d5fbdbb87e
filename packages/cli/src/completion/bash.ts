import { COMMAND_NAMES, COMMANDS } from '../commands/table.ts';
import { namesWithValue, optionNames, optionsOf, type NamedOption } from './shared.ts';

/** Returns the script for bash 3.2 and later; bash-completion is not needed. */
export function bashCompletion(): string {
  const cases = COMMAND_NAMES.map((name) => {
    const { operands } = COMMANDS[name];
    const options = optionsOf(name);
    const flags = options.flatMap(optionNames).join(' ');
    return `    ${name})
      flags='${flags}'
      words='${operands.join(' ')}'
      case $prev in
${valueCases(options)}
      esac
      ;;`;
  });
  return `# bash completion for modelslab-reload
_modelslab_reload() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  # bash splits --output=json into three words.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi

  local command= word i flags words values='' paths='' IFS=$' \\t\\n'
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in
      ${namesWithValue().join(' | ')}) ((i++)); [[ \${COMP_WORDS[i]} == = ]] && ((i++)) ;;
      -*) ;;
      *)
        command=$word
        break
        ;;
    esac
  done
  local first=$command
  case $command in
    ${COMMAND_NAMES.join(' | ')}) ;;
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
    COMPREPLY=($(compgen -W '${COMMAND_NAMES.join(' ')}' -- "$cur"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  fi
}
complete -F _modelslab_reload modelslab-reload
`;
}

/** Returns what bash offers after an option: `-` for nothing. */
function valueCases(options: readonly NamedOption[]): string {
  return options
    .filter(({ value }) => value !== undefined)
    .map((option) => {
      const { isPath, values = ['-'] } = option;
      const offer = isPath ? 'paths=yes' : `values='${values.join(' ')}'`;
      return `        ${optionNames(option).join(' | ')}) ${offer} ;;`;
    })
    .join('\n');
}
