using System.CommandLine;
using System.Globalization;
using ActorLlm.Cli.Admin;
using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Inspect;

/// <summary><c>actorllm outbox</c>: replies that are owed to queues and URLs, and those that could not be delivered.</summary>
internal static class OutboxCommand
{
    private const int UsualLimit = 50;

    public static Command Create(AdminLine line)
    {
        var limit = NumberOption.Create("--limit", "How many of each kind at most", 1, OutboxPicture.MaxLimit, UsualLimit);
        var retry = new Option<bool>("--retry") { Description = "Have those tried anew that nobody tries to deliver any more, up to the limit" };
        var command = line.Shows(new Command(
            "outbox", "Shows the replies that are owed to a queue or a URL. Ends with 1 where there are some that nobody tries to deliver any more.") { limit, retry });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var query = new Query(AdminApi.Outbox).With("limit", parsed.GetValue(limit).ToString(CultureInfo.InvariantCulture)).ToString();
            using var client = line.Client(parsed);
            var answer = await client.GetAsync(query, cancellationToken);
            if (parsed.GetValue(retry) && answer.Read<OutboxPicture>().Parked is { Count: > 0 } parked)
            {
                await client.PostAsync(AdminApi.OutboxRetry, new RetryOrder([.. parked.Select(one => one.Id)]), TimeSpan.Zero, cancellationToken);
                answer = await client.GetAsync(query, cancellationToken);
            }

            line.Show<OutboxPicture>(parsed, answer, OutboxText.Of);
            return answer.Read<OutboxPicture>().Parked.Count > 0 ? ExitCode.Failure : ExitCode.Success;
        });
        return command;
    }
}
