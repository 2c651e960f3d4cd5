using System.Globalization;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;
using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;
using Akka.Actor;
using Petabridge.Cmd;
using Petabridge.Cmd.Host;

namespace ActorLlm.PetabridgeCmd;

/// <summary>Runs the commands of <see cref="ActorLlmCommands"/>: asks the same queries as the admin endpoint and sends their text, line by line.</summary>
internal sealed class CommandRouter : CommandHandlerActor
{
    // A drain waits the longest of all commands: as long as it may be told to, and a little more.
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(AdminApi.MaxPatienceSeconds + 30);

    private readonly IInspection _inspection;
    private readonly ISteering _steering;
    private readonly OrderAudit _audit;
    private readonly TimeProvider _time;

    public CommandRouter(IInspection inspection, ISteering steering, OrderAudit audit, TimeProvider time)
        : base(ActorLlmCommands.ActorLlmPalette)
    {
        (_inspection, _steering, _audit, _time) = (inspection, steering, audit, time);
        Query(ActorLlmCommands.Workers, async (_, stop) => LoadText.Of(await _inspection.GetWorkersAsync(stop).ConfigureAwait(false), View()));
        Query(ActorLlmCommands.Capacity, async (_, stop) => CapacityText.Of(await _inspection.GetCapacityAsync(stop).ConfigureAwait(false), View()));
        Query(ActorLlmCommands.Shards, async (_, stop) => LoadText.Of(await _inspection.GetShardsAsync(stop).ConfigureAwait(false), View()));
        Query(ActorLlmCommands.Doctor, async (_, stop) => DoctorText.Of(await _inspection.ExamineAsync(stop).ConfigureAwait(false), View()));
        Query(ActorLlmCommands.Conversations, ListAsync);
        Query(ActorLlmCommands.Turns, TurnsAsync);
        Query(ActorLlmCommands.Explain, ExplainAsync);
        Query(ActorLlmCommands.Cancel, CancelAsync);
        Query(ActorLlmCommands.Requeue, RequeueAsync);
        Query(ActorLlmCommands.Approvals, async (_, stop) => ApprovalsText.Of(await _inspection.ListApprovalsAsync(tenant: null, stop).ConfigureAwait(false), View()));
        Query(ActorLlmCommands.Drain, DrainAsync);
        Query(ActorLlmCommands.Resume, ResumeAsync);
    }

    private async Task<Page> ListAsync(Arguments arguments, CancellationToken stop)
    {
        var limit = arguments.Number(ActorLlmCommands.LimitArgument, 1, ConversationFilter.MaxLimit);
        var filter = new ConversationFilter(arguments.Text(ActorLlmCommands.TenantArgument), Before: null, limit);
        return ConversationText.Of(await _inspection.ListAsync(filter, stop).ConfigureAwait(false), View());
    }

    private async Task<Page> TurnsAsync(Arguments arguments, CancellationToken stop)
    {
        var conversation = arguments.Conversation();
        return await _inspection.GetConversationAsync(conversation, stop).ConfigureAwait(false) is { } picture
            ? ConversationText.Of(picture, View())
            : throw new FormatException($"There is no conversation {conversation}; 'actorllm conversations' lists those there are.");
    }

    private async Task<Page> ExplainAsync(Arguments arguments, CancellationToken stop)
    {
        var (conversation, turn) = arguments.TurnOf();
        return await _inspection.ExplainAsync(conversation, turn, stop).ConfigureAwait(false) is { } life
            ? TurnLifeText.Of(life, View())
            : throw new FormatException($"There is no turn {turn} in {conversation}; 'actorllm turns -c {conversation}' lists those there are.");
    }

    private async Task<Page> CancelAsync(Arguments arguments, CancellationToken stop)
    {
        var (conversation, turn) = arguments.TurnOf();
        await OrderAsync(
            "cancel", $"{conversation} {turn}",
            order => _steering.CancelAsync(conversation, turn, order),
            answer => answer is TurnSettled settled ? $"its outcome is {settled.Outcome.GetType().Name}" : "not cancelled yet",
            stop).ConfigureAwait(false);
        return await ExplainAsync(arguments, stop).ConfigureAwait(false);
    }

    private async Task<Page> RequeueAsync(Arguments arguments, CancellationToken stop)
    {
        var (conversation, turn) = arguments.TurnOf();
        var again = await OrderAsync(
            "requeue", $"{conversation} {turn}", order => _steering.RequeueAsync(conversation, turn, order), again => $"runs again as {again}", stop).ConfigureAwait(false);
        return Say($"It runs again as {again}.");
    }

    private async Task<Page> DrainAsync(Arguments arguments, CancellationToken stop)
    {
        var (node, patience) = (arguments.Node(), arguments.Number(ActorLlmCommands.PatienceArgument, 0, AdminApi.MaxPatienceSeconds));
        var empty = await OrderAsync(
            "drain", node,
            order => _steering.DrainAsync(node, TimeSpan.FromSeconds(patience), order),
            empty => empty ? "empty" : $"not empty after {patience} s; takes no new attempts",
            stop).ConfigureAwait(false);
        return Say(empty
            ? "The worker holds nothing: the node may be stopped, and nothing is repeated."
            : "The worker still holds attempts; it takes no new ones. Ask again, or wait longer with --patience.");
    }

    private async Task<Page> ResumeAsync(Arguments arguments, CancellationToken stop)
    {
        var node = arguments.Node();
        await OrderAsync(
            "resume", node,
            async order =>
            {
                await _steering.ResumeAsync(node, order).ConfigureAwait(false);
                return true;
            },
            _ => "takes attempts again",
            stop).ConfigureAwait(false);
        return Say("The worker takes attempts again.");
    }

    // pbm tells neither who asks nor from where.
    private Task<T> OrderAsync<T>(string action, string target, Func<CancellationToken, Task<T>> work, Func<T, string> outcome, CancellationToken stop) =>
        _audit.CarryOutAsync(new AuditOrder(OrderAudit.Pbm, "", action, target), work, outcome, stop);

    private static Page Say(string text) => new(TextLine.Of(text));

    // pbm may be on another machine than the node, so its zone is nobody's.
    private View View() => new(TimeZoneInfo.Utc, _time.GetUtcNow());

    private void Query(CommandDefinition definition, Func<Arguments, CancellationToken, Task<Page>> answer) =>
        Process(definition.Name, (command, arguments) =>
        {
            // Not awaited: the other commands of an operator do not wait for a drain.
            _ = AnswerAsync(answer, new Arguments(name => arguments.ArgumentValues(name)), Sender, Self);
        });

    private static async Task AnswerAsync(Func<Arguments, CancellationToken, Task<Page>> answer, Arguments arguments, IActorRef client, IActorRef self)
    {
        using var limit = new CancellationTokenSource(CommandTimeout);
        try
        {
            var page = await answer(arguments, limit.Token).ConfigureAwait(false);
            foreach (var line in page.Lines) client.Tell(new CommandResponse(line.ToString(), final: false), self);
            client.Tell(CommandResponse.Empty, self);
        }
        catch (Exception error)
        {
            // Whatever it is: the operator waits for the end of the command.
            client.Tell(new ErroredCommandResponse(error.Message), self);
        }
    }

    /// <summary>The arguments of one command, read with words for the operator.</summary>
    private sealed class Arguments(Func<string, IEnumerable<string>?> values)
    {
        public string? Text(string name) => values(name)?.FirstOrDefault();

        public string Node() => Text(ActorLlmCommands.NodeArgument) ?? throw new FormatException("Name a node with --node HOST:PORT.");

        public ConversationId Conversation() => ConversationId.Parse(Text(ActorLlmCommands.ConversationArgument) ?? "");

        public (ConversationId Conversation, TurnId Turn) TurnOf() => (Conversation(), TurnId.Parse(Text(ActorLlmCommands.TurnArgument) ?? ""));

        public int Number(string name, int least, int most) =>
            int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
                ? number
                : throw new FormatException($"--{name} is '{Text(name)}'; give a whole number from {least} to {most}.");
    }
}
