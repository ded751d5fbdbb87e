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
      case $option in
${valueCases(options)}
      esac
      ;;`;
  });
  return `# bash completion for modelslab-reload
_modelslab_reload() {
  # bash splits a word at = and :, and replaces only the part after the last of them.
  local line=() i part=\${COMP_WORDS[COMP_CWORD]}
  for ((i = 0; i <= COMP_CWORD; i++)); do
    if ((i > 1)) && [[ \${COMP_WORDS[i]} == [=:]* || \${COMP_WORDS[i - 1]} == *[=:] ]]; then
      line[\${#line[@]} - 1]+=\${COMP_WORDS[i]}
    else
      line+=("\${COMP_WORDS[i]}")
    fi
  done
  [[ $part == [=:] ]] && part=
  local last=$((\${#line[@]} - 1))
  local cur=\${line[last]} kept=\${line[last]%"$part"}

  local command= operands=0 ended= word
  for ((i = 1; i < last; i++)); do
    word=\${line[i]}
    if [[ -z $ended ]]; then
      case $word in
        ${namesWithValue().join(' | ')}) ((i++)); continue ;;
        --) ended='-- '; continue ;;
        -*) continue ;;
      esac
    fi
    if [[ -z $command ]]; then
      command=reload
      case $ended$word in
        ${COMMAND_NAMES.join(' | ')}) command=$word; continue ;;
      esac
    fi
    ((operands++))
  done

  # What precedes a value in its own word: -o or --output=.
  local option=\${line[last - 1]} before= flags words values= paths=
  case $ended$cur in
    '-- '*) option= ;;
    --*=*) before=\${cur%%=*}= option=\${cur%%=*} ;;
    ${shortNamesWithValue().join(' | ')}) before=\${cur:0:2} option=\${cur:0:2} ;;
  esac
  cur=\${cur#"$before"}
  case \${command:-reload} in
${cases.join('\n')}
  esac
  local IFS=$' \\t\\n'
  if [[ -n $paths ]]; then
    compopt -o filenames 2>/dev/null
    IFS=$'\\n'
    COMPREPLY=($(compgen -P "$before" -f -- "$cur"))
  elif [[ -n $values ]]; then
    [[ $values == - ]] && values=
    COMPREPLY=($(compgen -P "$before" -W "$values" -- "$cur"))
  elif [[ -z $ended && $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  elif [[ -z $command$ended ]]; then
    COMPREPLY=($(compgen -W '${COMMAND_NAMES.join(' ')}' -- "$cur"))
  elif ((operands == 0)); then
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  else
    COMPREPLY=()
  fi
  COMPREPLY=("\${COMPREPLY[@]#"$kept"}")
}
complete -F _modelslab_reload modelslab-reload
`;
}

/** Returns patterns of a short option and its value in one word, such as `-o?*`. */
function shortNamesWithValue(): string[] {
  return namesWithValue()
    .filter((name) => !name.startsWith('--'))
    .map((name) => `${name}?*`);
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
