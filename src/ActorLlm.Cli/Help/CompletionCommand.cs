using System.CommandLine;

namespace ActorLlm.Cli.Help;

/// <summary><c>actorllm completion</c>: the script with which a shell asks this program what may come next.</summary>
internal static class CompletionCommand
{
    // All of them hand the line and the place of the cursor to the directive [suggest].
    private const string Bash = """
        _actorllm() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$(actorllm "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _actorllm actorllm
        """;

    private const string Zsh = """
        #compdef actorllm
        _actorllm() {
          local -a suggestions
          suggestions=("${(@f)$(actorllm "[suggest:${#BUFFER}]" "${BUFFER}" 2>/dev/null)}")
          compadd -- "${suggestions[@]}"
        }
        compdef _actorllm actorllm
        """;

    private const string Fish = """
        complete -c actorllm -f -a '(actorllm "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp) 2>/dev/null)'
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName actorllm -ScriptBlock {
          param($wordToComplete, $commandAst, $cursorPosition)
          actorllm "[suggest:$cursorPosition]" "$commandAst" 2>$null | ForEach-Object {
            [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
          }
        }
        """;

    public static Command Create() => new("completion", "Prints a script that has a shell complete the commands and options of actorllm.")
    {
        For("bash", Bash), For("zsh", Zsh), For("fish", Fish), For("pwsh", PowerShell),
    };

    private static Command For(string shell, string script)
    {
        var command = new Command(shell, $"For {shell}.");
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(script));
        return command;
    }
}
