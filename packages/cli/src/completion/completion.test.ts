import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needsShell } from '../../../../scripts/vitest/needs.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

const cwd = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));
writeFileSync(join(cwd, 'a file.txt'), '');

function run(shell: string, script: string, args: string[]): string[] {
  const { stdout, stderr } = spawnSync(shell, ['-c', script, ...args], { cwd, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

/** Returns the completions that bash offers for the last word. */
function completeInBash(words: string[]): string[] {
  const script = `${bashCompletion()}
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_modelslab_reload
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return run('bash', script, ['bash', 'modelslab-reload', ...words]);
}

test.for<[words: string[], offered: string[]]>([
  [[''], ['reload', 'list', 'emulator', 'completion', 'help']],
  [['l'], ['list']],
  [['--out'], ['--output']],
  [
    ['--output', ''],
    ['text', 'json', 'ndjson'],
  ],
  [['--output', '=', 'j'], ['json']],
  [['--output=j'], ['--output=json']],
  [['-oj'], ['-ojson']],
  [['-fa'], ['-fa file.txt']],
  [['--file', '=', 'a'], ['a file.txt']],
  [['--base-url', 'http', ':', '//127.0.0.1', ':', '8971', 'l'], ['list']],
  [['--base-url', '=', 'http', ':', '//127.0.0.1', ':', '8971', 'l'], ['list']],
  [['--base-url', 'http', ':', '//127.0.0.1', ':'], []],
  [['--base-url', 'http', ':'], []],
  [['a', ':', 'b', '--no-w'], ['--no-wait']],
  [['--', 'l'], []],
  [['-q', '--', '--no-w'], []],
  [['--', 'list', '--all-'], []],
  [['-o', 'json', '--', ''], []],
  [
    ['-f', 'yes', ''],
    ['reload', 'list', 'emulator', 'completion', 'help'],
  ],
  [
    ['--output', '='],
    ['text', 'json', 'ndjson'],
  ],
  [['-u', 'a'], ['accepted']],
  [['-o', 'json', 'l'], ['list']],
  [['-q', 'list', '--all-'], []],
  [
    ['--quiet', ''],
    ['reload', 'list', 'emulator', 'completion', 'help'],
  ],
  [['--output', '=', 'json', 'l'], ['list']],
  [['--timeout', ''], []],
  [['-f', 'a'], ['a file.txt']],
  [['my-model', ''], []],
  [['my-model', '--no-w'], ['--no-wait']],
  [['list', '--all-'], []],
  [['list', '--base'], ['--base-url']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['completion', 'zsh', ''], []],
  [
    ['completion', '--', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [
    ['help', 'e'],
    ['emulator', 'exit-codes'],
  ],
  [
    ['emulator', '--success', ''],
    ['loaded', 'accepted', 'blocking'],
  ],
  [
    ['emulator', '--list-shape', 'n'],
    ['numbered', 'nulls'],
  ],
  [['emulator', '--lat'], ['--latency']],
])('bash offers for %j: %j', ([words, offered], context) => {
  needsShell(context, 'bash');
  expect(completeInBash(words)).toEqual(offered);
});

// Not every machine has these shells. So their logic, which does not change with the options, is compared
// with what was tried in them; and it is tried again if they are installed.
describe('the logic of the script', () => {
  test('for fish', () => {
    const [logic] = fishCompletion().split('\ncomplete -c');
    expect(logic?.replace(/contains -- \$word -.*/, 'contains -- $word OPTIONS'))
      .toMatchInlineSnapshot(`
        "# fish completion for modelslab-reload
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
                else if contains -- $word OPTIONS
                    set skip yes
                else if test "$word" = --
                    test $command = none; and set command reload
                else if string match -q -- '-*' $word
                    continue
                else if test $command != none
                    set operands 1
                else if contains -- $word reload list emulator completion help
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
        end"
      `);
  });

  test('for zsh', () => {
    const script = zshCompletion()
      .replaceAll(/_arguments -s -S (?:.*\\\n)+.*/g, '_arguments OPTIONS')
      .replace(/^ +-.*\(\( i\+\+ \)\)/m, '      OPTIONS) (( i++ ))');
    expect(script).toMatchInlineSnapshot(`
      "#compdef modelslab-reload
      # zsh completion for modelslab-reload
      _modelslab_reload_first() {
        # A word after the command's name, or after --, is a model id.
        (( named )) && return 1
        local -a commands=('reload:reload, wait, report' 'list:ids of the trained models' 'emulator:run a local emulator of the API' 'completion:print a completion script' 'help:help for a command, or exit-codes')
        _describe command commands
      }

      _modelslab_reload() {
        local command=reload named=0 i word
        for (( i = 2; i < CURRENT; i++ )); do
          word=$words[i]
          case $word in
            OPTIONS) (( i++ )) ;;
            --)
              named=1
              break
              ;;
            -*) ;;
            reload|list|emulator|completion|help)
              command=$word named=1
              words[i]=()
              (( CURRENT-- ))
              break
              ;;
            *) break ;;
          esac
        done
        case $command in
          reload)
            _arguments OPTIONS
            ;;
          list)
            _arguments OPTIONS
            ;;
          emulator)
            _arguments OPTIONS
            ;;
          completion)
            _arguments OPTIONS
            ;;
          help)
            _arguments OPTIONS
            ;;
        esac
      }

      if [[ $funcstack[1] == _modelslab_reload ]]; then
        _modelslab_reload "$@"
      else
        compdef _modelslab_reload modelslab-reload
      fi
      "
    `);
  });

  test.for<[shell: string, line: string, offered: string[]]>([
    ['fish', 'l', ['list']],
    ['fish', '-o json l', ['list']],
    ['fish', '--timeout l', []],
    ['fish', 'my-model l', []],
    ['fish', '--output ', ['text', 'json', 'ndjson']],
    ['fish', 'emulator --success ', ['loaded', 'accepted', 'blocking']],
    ['fish', 'list --all-', []],
    ['fish', 'my-model --no-w', ['--no-wait']],
    ['fish', 'completion ', ['bash', 'zsh', 'fish']],
    ['fish', 'completion zsh ', []],
    ['fish', '-- l', []],
    ['fish', '-o json -- l', []],
    ['fish', '--base-url http://127.0.0.1:8971 l', ['list']],
    ['fish', '-oj', ['-ojson']],
    ['zsh', 'l', ['reload 2 l']],
    ['zsh', 'list --out', ['list 2 --out']],
    ['zsh', '-o json list --out', ['list 4 -o json --out']],
    ['zsh', '--timeout list x', ['reload 4 --timeout list x']],
    ['zsh', 'my-model list', ['reload 3 my-model list']],
    ['zsh', '-- list --out', ['reload 4 -- list --out']],
    ['zsh', '-q -- l', ['reload 4 -q -- l']],
  ])('in %s for %j: %j', ([shell, line, offered], context) => {
    needsShell(context, shell);
    const found = shell === 'fish' ? completeInFish(line) : parseInZsh(line);
    expect(found.toSorted()).toEqual(offered.toSorted());
  });
});

function completeInFish(line: string): string[] {
  const script = `${fishCompletion()}\ncomplete -C 'modelslab-reload ${line}'`;
  return run('fish', script, []).map((offer) => offer.split('\t')[0] ?? '');
}

/** Returns the command whose options zsh would offer, and the words that it would look at. */
function parseInZsh(line: string): string[] {
  const words = ['modelslab-reload', ...line.split(' ')];
  const script = `compdef() {}
_describe() {}
_arguments() { print -r -- "$command $CURRENT \${words[2,-1]}" }
${zshCompletion()}
words=("$@") CURRENT=$#
_modelslab_reload`;
  return run('zsh', script, ['zsh', ...words]);
}
