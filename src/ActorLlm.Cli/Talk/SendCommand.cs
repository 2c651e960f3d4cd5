using System.CommandLine;
using System.Text;
using System.Text.Json;
using ActorLlm.Cli.Terminals;
using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Talk;

/// <summary><c>actorllm send</c>: one message, and its reply.</summary>
internal static class SendCommand
{
    private const string FromInput = "-";

    public static Command Create(FaceLine line)
    {
        var text = new Argument<string>("text") { Description = $"The message; {FromInput} reads it from the input" };
        var conversation = new Option<string?>("--conversation", "-c") { Description = "The conversation's name [default: that of the --key, or a new one]" };
        var key = new Option<string?>("--key") { Description = "The Idempotency-Key: the same one gives the same reply again [default: a new one]" };
        var model = new Option<string?>("--model") { Description = "The model to ask [default: the nodes' own]" };
        var json = new Option<bool>("--json") { Description = "Print the reply with conversation, turn, model and tokens as JSON" };
        var command = line.Reaches(new Command("send", "Sends one message and prints its reply.") { text, conversation, key, model, json });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (named, given) = (parsed.GetValue(conversation), parsed.GetValue(key));
            var ask = new TurnAsk(
                // A key alone is to find its turn again, so it is not put into a new conversation.
                named is null && given is not null ? null : TurnAsk.Name(named, "--conversation", "cli"), TurnAsk.Name(given, "--key", "turn"),
                await MessageAsync(parsed.GetRequiredValue(text), line.Terminal, cancellationToken), parsed.GetValue(model));
            using var client = new FaceClient(line.Urls(parsed), line.Key, line.Terminal.Time);
            var (place, reply, end) = await ReplyAsync(client, ask, line.Terminal, cancellationToken);
            line.Terminal.Output.WriteLine(parsed.GetValue(json)
                ? JsonSerializer.Serialize(new Sent(place, ask.Key, end.Model, end.FinishReason, reply, end.InputTokens, end.OutputTokens), AdminApi.Json)
                : line.Terminal.OutputIsTerminal ? TextRun.Harmless(reply) : reply);
            if (line.Terminal.OutputIsTerminal && !parsed.GetValue(json)) line.Terminal.Remark($"{ask.Key} of {place}");
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<string> MessageAsync(string text, Terminal terminal, CancellationToken cancellationToken)
    {
        var message = text == FromInput ? (await terminal.Input.ReadToEndAsync(cancellationToken)).TrimEnd('\r', '\n') : text;
        return message.Length > 0 ? message : throw new UserErrorException("The message is empty: give a text, or pipe one in and give -.", ExitCode.Usage);
    }

    private static async Task<(string Conversation, string Reply, TurnNews.End End)> ReplyAsync(FaceClient client, TurnAsk ask, Terminal terminal, CancellationToken cancellationToken)
    {
        var (place, reply) = (ask.Conversation ?? "", new StringBuilder());
        await foreach (var news in client.SendAsync(ask, cancellationToken))
        {
            switch (news)
            {
                case TurnNews.Taken taken when ask.Conversation is null:
                    place = NameIn(taken.Name);
                    break;
                case TurnNews.Text text:
                    reply.Append(text.More);
                    break;
                case TurnNews.Reworded:
                    reply.Clear();
                    break;
                case TurnNews.Elsewhere elsewhere:
                    terminal.Remark(elsewhere.Line);
                    break;
                case TurnNews.End end:
                    return (place, reply.ToString(), end);
            }
        }

        throw new InvalidOperationException("A turn's news end with its end.");
    }

    // Of tenant/name turn: neither a tenant has a slash, nor a turn a space.
    private static string NameIn(string turn)
    {
        var conversation = turn.Split(' ')[0];
        return conversation[(conversation.IndexOf('/', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>The JSON of <c>--json</c>.</summary>
    private sealed record Sent(
        string Conversation, string Turn, string Model, string FinishReason, string Reply, long? InputTokens, long? OutputTokens);
}
