using ActorLlm.Hosting;
using Akka.Actor;
using Petabridge.Cmd;
using Petabridge.Cmd.Host;

namespace ActorLlm.PetabridgeCmd;

/// <summary>The palette <c>actorllm</c> of pbm: the same queries and orders as the command line of that name.</summary>
public sealed class ActorLlmCommands : CommandPaletteHandler
{
    internal const string ConversationArgument = "conversation";
    internal const string TurnArgument = "turn";
    internal const string NodeArgument = "node";
    internal const string TenantArgument = "tenant";
    internal const string LimitArgument = "limit";
    internal const string PatienceArgument = "patience";

    internal static readonly CommandDefinition Workers = Define("workers", "Shows the workers: load, latency and how their backends do.").Build();

    internal static readonly CommandDefinition Capacity = Define("capacity", "Shows what was measured of the load, and what queueing theory says of it.").Build();

    internal static readonly CommandDefinition Shards = Define("shards", "Shows where the shards of the conversations live, and which moved.").Build();

    internal static readonly CommandDefinition Conversations = Define("conversations", "Lists conversations, those first that changed last.")
        .WithArgument(argument => argument.WithName(TenantArgument).WithSwitch("-T").WithSwitch("--tenant").WithDescription("Only those of this tenant."))
        .WithArgument(argument => argument.WithName(LimitArgument).WithSwitch("-l").WithSwitch("--limit").WithDefaultValue("50").WithDescription("How many at most, 1 to 1000."))
        .Build();

    internal static readonly CommandDefinition Turns = OfConversation("turns", "Shows the latest turns of a conversation and how they stand.").Build();

    internal static readonly CommandDefinition Explain = OfTurn("explain", "Shows the whole life of one turn: attempts, nodes, backends, times, tokens and what was repeated.").Build();

    internal static readonly CommandDefinition Cancel = OfTurn("cancel", "Cancels a turn unless it has its outcome already.").Build();

    internal static readonly CommandDefinition Requeue = OfTurn("requeue", "Has what a failed or cancelled turn asked run again, as a new turn.").Build();

    internal static readonly CommandDefinition Approvals = Define("approvals", "Lists the approvals that turns wait for; the admin endpoint takes decisions.").Build();

    internal static readonly CommandDefinition Drain = OfNode("drain", "Has a node's worker take no new attempts, and waits until it holds none.")
        .WithArgument(argument => argument.WithName(PatienceArgument).WithSwitch("-p").WithSwitch("--patience").WithDefaultValue("60").WithDescription("How many seconds to wait, 0 to 600."))
        .Build();

    internal static readonly CommandDefinition Resume = OfNode("resume", "Takes a drain back.").Build();

    internal static readonly CommandDefinition Doctor = Define("doctor", "Looks after the node's health and that of the cluster.").Build();

    internal static readonly CommandPalette ActorLlmPalette = new(
        "actorllm", [Workers, Capacity, Shards, Conversations, Turns, Explain, Cancel, Requeue, Approvals, Drain, Resume, Doctor]);

    /// <summary>Makes the palette.</summary>
    /// <param name="inspection">What it shows.</param>
    /// <param name="steering">What it does.</param>
    /// <param name="audit">Writes down what it does.</param>
    /// <param name="time">The clock, for ages.</param>
    public ActorLlmCommands(IInspection inspection, ISteering steering, OrderAudit audit, TimeProvider time)
        : base(ActorLlmPalette) =>
        HandlerProps = Props.Create(() => new CommandRouter(inspection, steering, audit, time));

    /// <inheritdoc/>
    public override Props HandlerProps { get; }

    private static CommandDefinitionBuilder Define(string name, string description) =>
        new CommandDefinitionBuilder().WithName(name).WithDescription(description);

    private static CommandDefinitionBuilder OfConversation(string name, string description) => Define(name, description)
        .WithArgument(argument => argument.IsMandatory(true).WithName(ConversationArgument).WithSwitch("-c").WithSwitch("--conversation").WithDescription("Its id, tenant/name."));

    private static CommandDefinitionBuilder OfTurn(string name, string description) => OfConversation(name, description)
        .WithArgument(argument => argument.IsMandatory(true).WithName(TurnArgument).WithSwitch("-t").WithSwitch("--turn").WithDescription("Its id, the idempotency key."));

    private static CommandDefinitionBuilder OfNode(string name, string description) => Define(name, description)
        .WithArgument(argument => argument.IsMandatory(true).WithName(NodeArgument).WithSwitch("-n").WithSwitch("--node").WithDescription("Its place in the cluster, host:port."));
}
