import { FILES } from './candidates.ts';

const CANDIDATES = 'modelslab-reload completion candidates --';

/** The script of each shell, which asks this program for the words that may follow. */
export const SCRIPTS = {
  // For bash 3.2 and later; bash-completion is not needed.
  bash: `# bash completion for modelslab-reload
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
  local cur=\${line[\${#line[@]} - 1]} word description
  local kept=\${cur%"$part"}
  COMPREPLY=()
  while IFS=$'\\t' read -r word description; do
    if [[ $word == '${FILES}'* ]]; then
      word=\${word#'${FILES}'}
      compopt -o filenames 2>/dev/null
      local IFS=$'\\n'
      COMPREPLY=($(compgen -P "$word" -f -- "\${cur#"$word"}"))
    else
      COMPREPLY+=("$word")
    fi
  done < <(${CANDIDATES} "\${line[@]:1}" 2>/dev/null)
  COMPREPLY=("\${COMPREPLY[@]#"$kept"}")
}
complete -F _modelslab_reload modelslab-reload
`,

  zsh: `#compdef modelslab-reload
# zsh completion for modelslab-reload
_modelslab_reload() {
  local -a lines
  lines=(\${(f)"$(${CANDIDATES} "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if [[ $lines[1] == '${FILES}'* ]]; then
    compset -P "\${(b)\${lines[1]#'${FILES}'}}"
    _files
  else
    lines=("\${(@)lines/$'\\t'/:}")
    _describe 'modelslab-reload' lines
  fi
}

if [[ $funcstack[1] == _modelslab_reload ]]; then
  _modelslab_reload "$@"
else
  compdef _modelslab_reload modelslab-reload
fi
`,

  fish: `# fish completion for modelslab-reload
function __modelslab_reload_candidates
    set -l words (commandline -opc) (commandline -ct)
    for line in (${CANDIDATES} $words[2..-1] 2>/dev/null)
        if string match -q -- '${FILES}*' $line
            set -l before (string replace -- '${FILES}' '' $line)
            __fish_complete_path (string replace -- "$before" '' $words[-1]) | string replace -r -- '^' "$before"
        else
            echo $line
        end
    end
end
complete -c modelslab-reload -f -a '(__modelslab_reload_candidates)'
`,
};
