using System.CommandLine;
using ActorLlm.Cli.Admin;
using ActorLlm.Cli.Terminals;
using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Inspect;

/// <summary><c>actorllm cluster watch</c>: the members on a terminal, or a line for each change where the output goes elsewhere.</summary>
internal static class WatchCommand
{
    public static Command Create(AdminLine line)
    {
        var interval = NumberOption.Create("--interval", "Seconds between two looks", 0.1, 3600, 1);
        var looks = NumberOption.Create("--looks", "How often to look before it ends; 0 for until Ctrl-C", 0, 1_000_000, 0);
        var command = line.Shows(new Command(
            "watch", "Shows the members all the time: as a table on a terminal, elsewhere as a line for each change. Ctrl-C ends it with 0.") { interval, looks });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = line.Client(parsed);
            var watch = new Watch(line, parsed, client);
            try
            {
                await watch.RunAsync(TimeSpan.FromSeconds(parsed.GetValue(interval)), parsed.GetValue(looks), cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // It was asked to show until then.
            }

            return ExitCode.Success;
        });
        return command;
    }

    private sealed class Watch(AdminLine line, ParseResult parsed, AdminClient client)
    {
        private ClusterPicture? _before;
        private string? _json;
        private string? _problem;

        public async Task RunAsync(TimeSpan interval, int looks, CancellationToken cancellationToken)
        {
            for (var look = 1; ; look++)
            {
                await LookAsync(isFirst: look == 1, cancellationToken);
                if (look == looks) return;
                await Task.Delay(interval, line.Terminal.Time, cancellationToken);
            }
        }

        private async Task LookAsync(bool isFirst, CancellationToken cancellationToken)
        {
            try
            {
                Show(await client.GetAsync(AdminApi.Cluster, cancellationToken));
                _problem = null;
            }
            catch (UserErrorException problem) when (!isFirst && problem.ExitCode is ExitCode.Unreachable or ExitCode.Unavailable)
            {
                // The node that is asked may be the one that dies: what was seen first has to be right, then it is worth waiting.
                if (problem.Message != _problem) line.Terminal.Remark($"{Time()}  {problem.Message} Asking again.");
                _problem = problem.Message;
            }
        }

        private void Show(AdminAnswer answer)
        {
            if (line.WantsJson(parsed))
            {
                if (answer.Json != _json) line.Terminal.Output.WriteLine(answer.Json);
                _json = answer.Json;
                return;
            }

            var picture = answer.Read<ClusterPicture>();
            if (line.Terminal.OutputIsTerminal)
            {
                line.Terminal.Replace(new Page([.. ClusterText.Of(picture, line.View(parsed)).Lines, TextLine.Empty, TextLine.Of($"{Time()}  Ctrl-C ends.", Tone.Faint)]));
            }
            else
            {
                foreach (var change in ClusterText.Changes(_before, picture)) line.Terminal.Show(new TextLine([new TextRun(Time() + "  "), .. change.Runs]));
                line.Terminal.Output.Flush();
            }

            _before = picture;
        }

        private string Time()
        {
            var view = line.View(parsed);
            return Times.Seconds(view.Now, view.Zone);
        }
    }
}
