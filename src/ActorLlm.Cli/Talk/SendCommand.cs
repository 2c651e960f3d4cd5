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
        var conversation = new Option<string?>("--conversation", "-c") { Description = "The conversation's name [default: a new one]" };
        var key = new Option<string?>("--key") { Description = "The Idempotency-Key: the same one gives the same reply again [default: a new one]" };
        var model = new Option<string?>("--model") { Description = "The model to ask [default: the nodes' own]" };
        var json = new Option<bool>("--json") { Description = "Print the reply with conversation, turn, model and tokens as JSON" };
        var command = line.Reaches(new Command("send", "Sends one message and prints its reply.") { text, conversation, key, model, json });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var ask = new TurnAsk(
                TurnAsk.Name(parsed.GetValue(conversation), "--conversation", "cli"), TurnAsk.Name(parsed.GetValue(key), "--key", "turn"),
                await MessageAsync(parsed.GetRequiredValue(text), line.Terminal, cancellationToken), parsed.GetValue(model));
            using var client = new FaceClient(line.Urls(parsed), line.Key, line.Terminal.Time);
            var (reply, end) = await ReplyAsync(client, ask, line.Terminal, cancellationToken);
            line.Terminal.Output.WriteLine(parsed.GetValue(json)
                ? JsonSerializer.Serialize(new Sent(ask.Conversation, ask.Key, end.Model, end.FinishReason, reply, end.InputTokens, end.OutputTokens), AdminApi.Json)
                : line.Terminal.OutputIsTerminal ? TextRun.Harmless(reply) : reply);
            if (line.Terminal.OutputIsTerminal && !parsed.GetValue(json)) line.Terminal.Remark($"{ask.Key} of {ask.Conversation}");
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<string> MessageAsync(string text, Terminal terminal, CancellationToken cancellationToken)
    {
        var message = text == FromInput ? (await terminal.Input.ReadToEndAsync(cancellationToken)).TrimEnd('\r', '\n') : text;
        return message.Length > 0 ? message : throw new UserErrorException("The message is empty: give a text, or pipe one in and give -.", ExitCode.Usage);
    }

    private static async Task<(string Reply, TurnNews.End End)> ReplyAsync(FaceClient client, TurnAsk ask, Terminal terminal, CancellationToken cancellationToken)
    {
        var reply = new StringBuilder();
        await foreach (var news in client.SendAsync(ask, cancellationToken))
        {
            switch (news)
            {
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
                    return (reply.ToString(), end);
            }
        }

        throw new InvalidOperationException("A turn's news end with its end.");
    }

    /// <summary>The JSON of <c>--json</c>.</summary>
    private sealed record Sent(
        string Conversation, string Turn, string Model, string FinishReason, string Reply, long? InputTokens, long? OutputTokens);
}
