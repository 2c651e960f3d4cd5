using System.Text.Json;
using ActorLlm.Cli.Terminals;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Talk;

/// <summary>One sitting: reads lines, sends them, and writes the replies as they come.</summary>
/// <param name="terminal">Where it runs.</param>
/// <param name="client">The HTTP face.</param>
/// <param name="canceller">Cancels what is not wanted any more.</param>
/// <param name="conversation">The conversation's name.</param>
/// <param name="model">The model to ask; null for the default.</param>
internal sealed class Chat(Terminal terminal, FaceClient client, Canceller canceller, string conversation, string? model)
{
    private const string Prompt = "> ";
    private const int ItemsShown = 4;

    private readonly Lock _gate = new();
    private CancellationTokenSource? _reply;
    private bool _interrupts;
    private string? _turn;

    /// <summary>Runs until the input ends, or Ctrl-C is pressed while no reply runs.</summary>
    /// <returns>One of <see cref="ExitCode"/>: of piped input, whether every message got its reply.</returns>
    public async Task<int> RunAsync(bool isNew, CancellationToken cancellationToken)
    {
        using var quit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupts = terminal.OnInterrupt(() => Interrupt(quit));
        var isTalk = terminal.InputIsTerminal && terminal.OutputIsTerminal;
        if (isTalk) await GreetAsync(isNew, quit.Token);
        var code = ExitCode.Success;
        while (!quit.IsCancellationRequested)
        {
            if (isTalk) terminal.Output.Write(Prompt);
            if (await ReadLineAsync(quit.Token) is not { } message) break;
            if (message.Length == 0) continue;
            code = await ReplyAsync(message, quit.Token);
            // A script must hear of it; a person reads it and goes on.
            if (code != ExitCode.Success && !isTalk) return code;
        }

        if (!isTalk) return quit.IsCancellationRequested ? ExitCode.Interrupted : code;
        terminal.Output.WriteLine();
        terminal.Remark($"Go on with: actorllm chat --conversation {conversation}");
        return ExitCode.Success;
    }

    private async Task GreetAsync(bool isNew, CancellationToken cancellationToken)
    {
        terminal.Remark($"Conversation {conversation} at {client.Url.AbsoluteUri.TrimEnd('/')}. Ctrl-C cancels a reply, Ctrl-D ends.");
        if (isNew || await client.TryGetAsync($"v1/conversations/{Uri.EscapeDataString(conversation)}/items?limit={ItemsShown}", cancellationToken) is not { } json) return;
        using var items = json;
        if (!json.RootElement.TryGetProperty("data", out var data)) return;
        foreach (var item in data.EnumerateArray().Reverse())
        {
            if (Said(item) is not { } said) continue;
            terminal.Remark((item.GetProperty("role").GetString() == "user" ? Prompt : "") + TextRun.OneLine(said));
        }
    }

    private static string? Said(JsonElement item) =>
        item.TryGetProperty("role", out _) && item.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array
            ? string.Concat(content.EnumerateArray().Select(part => part.TryGetProperty("text", out var text) ? text.GetString() : ""))
            : null;

    /// <summary>The next line; null where there is none, or it is not waited for any more.</summary>
    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        // A line of a terminal is read until Enter, whatever happens: its thread is left behind.
        var line = Task.Run(terminal.Input.ReadLine, CancellationToken.None);
        try
        {
            return await line.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<int> ReplyAsync(string message, CancellationToken quit)
    {
        var ask = new TurnAsk(conversation, TurnAsk.NewName("turn"), message, model, _interrupts);
        using var reply = CancellationTokenSource.CreateLinkedTokenSource(quit);
        lock (_gate) _reply = reply;
        _turn = null;
        var started = terminal.Time.GetTimestamp();
        try
        {
            await foreach (var news in client.SendAsync(ask, reply.Token)) Write(news);
            _interrupts = false;
            if (terminal.InputIsTerminal) terminal.Remark($"[{ask.Key} of {conversation}, {Times.Duration(terminal.Time.GetElapsedTime(started))}]");
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (reply.IsCancellationRequested)
        {
            terminal.Output.WriteLine();
            await CancelAsync();
            return ExitCode.Interrupted;
        }
        catch (UserErrorException problem)
        {
            terminal.Output.WriteLine();
            terminal.Error.WriteLine($"actorllm: {problem.Message}");
            return problem.ExitCode;
        }
        finally
        {
            lock (_gate) _reply = null;
        }
    }

    private void Write(TurnNews news)
    {
        switch (news)
        {
            case TurnNews.Taken taken:
                _turn = taken.Name;
                break;
            case TurnNews.Text text:
                terminal.Output.Write(terminal.OutputIsTerminal ? TextRun.Harmless(text.More) : text.More);
                terminal.Output.Flush();
                break;
            case TurnNews.Reworded:
                terminal.Output.WriteLine();
                terminal.Remark("[another worker words it anew; from its beginning:]");
                break;
            case TurnNews.Elsewhere elsewhere:
                terminal.Error.WriteLine();
                terminal.Remark($"[{elsewhere.Line}]");
                break;
            case TurnNews.End:
                terminal.Output.WriteLine();
                break;
        }
    }

    private async Task CancelAsync()
    {
        var problem = _turn is null ? "No node has taken it." : await canceller.TryCancelAsync(_turn);
        // Where it could not be cancelled now, the next message does it.
        _interrupts = problem is not null;
        terminal.Remark(problem is null ? "[cancelled]" : $"[not waited for any more; the next message cancels it. {problem}]");
    }

    private void Interrupt(CancellationTokenSource quit)
    {
        lock (_gate)
        {
            if (_reply is { IsCancellationRequested: false } reply) reply.Cancel();
            else quit.Cancel();
        }
    }
}
