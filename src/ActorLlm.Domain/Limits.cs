using System.Collections.Immutable;

namespace ActorLlm.Domain;

/// <summary>The fixed bounds of the system, each with its unit. What an operator may set is in <see cref="ConversationPolicy"/>.</summary>
public static class Limits
{
    /// <summary>Longest tenant name, in characters.</summary>
    public const int MaxTenantLength = 64;

    /// <summary>Longest conversation name or turn id, in characters.</summary>
    public const int MaxIdLength = 128;

    /// <summary>Longest name of a node, <c>host:port</c>, in characters.</summary>
    public const int MaxNodeLength = 300;

    /// <summary>Longest model name, in characters.</summary>
    public const int MaxModelLength = 256;

    /// <summary>Largest content of one turn, all messages together, in UTF-8 bytes: 1 MiB.</summary>
    public const int MaxContentBytes = 1024 * 1024;

    /// <summary>Most messages in the content of one turn.</summary>
    public const int MaxContentMessages = 4096;

    /// <summary>What a client may keep with a conversation, as JSON in UTF-8 bytes: 64 KiB.</summary>
    public const int MaxMetadataBytes = 64 * 1024;

    /// <summary>Most stop sequences of one turn.</summary>
    public const int MaxStopSequences = 64;

    /// <summary>Most tools of one turn.</summary>
    public const int MaxTools = 128;

    /// <summary>Longest name of a tool or of a reply's schema, in characters.</summary>
    public const int MaxToolNameLength = 64;

    /// <summary>Most images in one message.</summary>
    public const int MaxImages = 64;

    /// <summary>Largest reply, in UTF-8 bytes: 1 MiB.</summary>
    public const int MaxReplyBytes = 1024 * 1024;

    /// <summary>
    /// Largest frame between two nodes, in bytes: 4 MiB. History, content and reply together stay below it:
    /// 1 MiB each for content and reply, <see cref="MaxHistoryBytes"/> for history, and room for the envelope.
    /// </summary>
    public const int MaxFrameBytes = 4 * 1024 * 1024;

    /// <summary>
    /// Most of the earlier turns kept in memory and given to the model, by their size in a frame: 1 MiB, or the last turn alone where
    /// that is larger.
    /// </summary>
    public const int MaxHistoryBytes = 1024 * 1024;

    /// <summary>Most earlier turns kept in memory and given to the model.</summary>
    public const int MaxHistoryTurns = 1000;

    /// <summary>Longest deadline that a turn may ask for; the shortest is 1 ms.</summary>
    public static readonly TimeSpan MaxDeadline = TimeSpan.FromDays(30);

    /// <summary>Most steps of one turn.</summary>
    public const int MaxStepsPerTurn = 64;

    /// <summary>Largest step, and largest result of one, in UTF-8 bytes: 1 MiB, as of a turn's content and of a reply.</summary>
    public const int MaxStepBytes = 1024 * 1024;

    /// <summary>Largest size of all steps of one turn and their results, in UTF-8 bytes: 4 MiB.</summary>
    public const int MaxStepsBytes = 4 * 1024 * 1024;

    /// <summary>Longest question to a human, in characters.</summary>
    public const int MaxQuestionLength = 4000;

    /// <summary>Most modules in a chain in which each is asked by the one before it.</summary>
    public const int MaxModuleDepth = 8;

    /// <summary>Most conversations that are asked for the approvals that they wait for, the oldest first.</summary>
    public const int MaxApprovalsListed = 1000;

    /// <summary>Most turns that an operator is shown as one tree.</summary>
    public const int MaxTreeTurns = 200;

    /// <summary>How long a settled turn's id is remembered at least.</summary>
    public static readonly TimeSpan RememberTurnsFor = TimeSpan.FromDays(7);

    /// <summary>Longest reason kept with a failed or cancelled turn, in characters.</summary>
    public const int MaxReasonLength = 1000;

    /// <summary>
    /// Shards that conversations are spread over: about ten for each node of the largest cluster foreseen. Every node of a cluster has the
    /// same number. More are not better: homes are given out one shard after another, and each time the whole table is copied to other nodes,
    /// so that a cluster which starts, or loses a node, needs a time that grows with the square of this number.
    /// </summary>
    public const int Shards = 100;

    /// <summary>A worker's heartbeat for each attempt that it holds.</summary>
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Age from which an attempt is beaten for, so that the shortest cost no message: half an interval. With the interval itself the first heartbeat of
    /// an attempt whose conversation moves right after its start could come after <see cref="ConversationPolicy.RecoveryGrace"/>.
    /// </summary>
    public static readonly TimeSpan FirstHeartbeatAfter = HeartbeatInterval / 2;

    /// <summary>First delay before a worker sends an unacknowledged result again; it doubles each time.</summary>
    public static readonly TimeSpan ResendMin = TimeSpan.FromSeconds(1);

    /// <summary>Longest delay between two sends of an unacknowledged result.</summary>
    public static readonly TimeSpan ResendMax = TimeSpan.FromSeconds(10);

    /// <summary>Shortest time between two pieces of a streamed reply that are not stored before they are shown; the first goes at once.</summary>
    public static readonly TimeSpan StreamInterval = TimeSpan.FromMilliseconds(25);

    /// <summary>How long pieces of a streamed reply are gathered before they are stored and then shown; the first goes at once.</summary>
    public static readonly TimeSpan StreamBatch = TimeSpan.FromMilliseconds(100);

    /// <summary>Pause before a piece of a stream that could not be stored is tried again.</summary>
    public static readonly TimeSpan StreamRetry = TimeSpan.FromSeconds(1);

    /// <summary>How long the pieces of a stream are kept whose turn does not end by them.</summary>
    public static readonly TimeSpan KeepStreamsFor = TimeSpan.FromDays(1);

    /// <summary>Least weight of the events between two snapshots of a conversation, in bytes: 256 KiB. See <see cref="Conversations.SnapshotRule"/>.</summary>
    public const long MinBytesBetweenSnapshots = 256 * 1024;

    /// <summary>Most attempts waiting on one node for a free worker.</summary>
    public const int MaxQueuedAttempts = 100_000;

    /// <summary>Most characters of the log probabilities that are given with a reply that is not stored: each token may have twenty others beside it.</summary>
    public const int MaxLogprobsLength = 32 * 1024 * 1024;

    /// <summary>How long a module may take to return when its attempt is over, before its place counts as lost until it does.</summary>
    public static readonly TimeSpan ModuleLeavesWithin = TimeSpan.FromSeconds(5);

    /// <summary>Most clients that follow one turn; a further one takes the place of the oldest, which asks again by itself.</summary>
    public const int MaxFollowers = 1000;

    /// <summary>Most rows in one write to the journal.</summary>
    public const int MaxJournalBatch = 400;

    /// <summary>Most rows read from the journal at once by the reader of unfinished conversations.</summary>
    public const int MaxJournalPage = 10_000;

    /// <summary>Most unfinished conversations that are woken in one second.</summary>
    public const int MaxWakesPerSecond = 2000;

    /// <summary>
    /// How long a conversation rests without an event before it leaves memory. To come back costs a few queries, shared with others; to stay
    /// longer would fill the memory of a node whose clients begin thousands of conversations a second.
    /// </summary>
    public static readonly TimeSpan IdleBeforePassivation = TimeSpan.FromMinutes(1);

    /// <summary>How often a node says in the database that it is in the cluster, and looks who else is.</summary>
    public static readonly TimeSpan NodeBeat = TimeSpan.FromSeconds(1);

    /// <summary>How long a node that said so is taken to be alive. After a loss of all nodes none forms a cluster sooner.</summary>
    public static readonly TimeSpan NodeFreshFor = TimeSpan.FromSeconds(8);

    /// <summary>
    /// How long a node watches others that are known and silent before it forms a cluster without them: a few <see cref="NodeBeat"/>s, in
    /// which nodes that merely were without their database are heard again.
    /// </summary>
    public static readonly TimeSpan WatchBeforeForming = TimeSpan.FromSeconds(4);

    /// <summary>
    /// How long a node bears a second cluster on its database before it yields to it or says so: longer than it takes the two sides of a split
    /// to agree which of them ends.
    /// </summary>
    public static readonly TimeSpan SecondClusterFor = TimeSpan.FromSeconds(15);

    /// <summary>How long DNS or another service is waited for that says whom to ask to be let into the cluster; then it is asked again.</summary>
    public static readonly TimeSpan DiscoveryPatience = TimeSpan.FromSeconds(5);

    /// <summary>After which silence a node is no longer known.</summary>
    public static readonly TimeSpan ForgetNodeAfter = TimeSpan.FromMinutes(10);

    /// <summary>Most turns of one conversation that an operator is shown in a list.</summary>
    public const int MaxGlances = 100;

    /// <summary>Rows of the journal that a page of the list of conversations may look at, before the conversations are looked for by name.</summary>
    public const int MaxListRows = 50_000;

    /// <summary>Most conversations that are looked for by name for a page of the list, when the latest rows do not fill it.</summary>
    public const int MaxListNames = 2000;

    /// <summary>Rows of its conversation's journal that are looked through for the events of one turn.</summary>
    public const int MaxTurnRows = 20_000;

    /// <summary>How long an operator's question waits for one node or for the database.</summary>
    public static readonly TimeSpan InspectionPatience = TimeSpan.FromSeconds(4);

    /// <summary>How often a node looks where the shards are.</summary>
    public static readonly TimeSpan ShardLookInterval = TimeSpan.FromSeconds(5);

    /// <summary>Moves of shards that a node remembers.</summary>
    public const int MaxShardMoves = 200;

    /// <summary>Most unfinished conversations that the coordinator names when it is asked for the oldest.</summary>
    public const int MaxUnfinishedListed = 1000;

    /// <summary>How long a conversation may have unfinished turns on end before an operator is told.</summary>
    public static readonly TimeSpan UnfinishedTooLong = TimeSpan.FromMinutes(10);

    /// <summary>Over which times the load is told, the shortest first.</summary>
    public static readonly ImmutableArray<TimeSpan> CapacityWindows = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)];

    /// <summary>How often a sample is kept of what a worker counted; no window is told more exactly.</summary>
    public static readonly TimeSpan CapacitySampleInterval = TimeSpan.FromSeconds(5);

    /// <summary>Samples that are kept of each station of each worker: the longest window, and one before it.</summary>
    public const int MaxCapacitySamples = 61;

    /// <summary>How often the coordinator reckons the places that are wanted.</summary>
    public static readonly TimeSpan CapacityInterval = TimeSpan.FromSeconds(5);

    /// <summary>The share of the attempts whose wait is planned for.</summary>
    public const double CapacityShare = 0.99;

    /// <summary>The shortest wait that may be aimed at.</summary>
    public static readonly TimeSpan MinTargetWait = TimeSpan.FromMilliseconds(1);

    /// <summary>The longest wait that may be aimed at.</summary>
    public static readonly TimeSpan MaxTargetWait = TimeSpan.FromHours(1);

    /// <summary>The most servers that a queue is reckoned with.</summary>
    public const int MaxModelServers = 10_000_000;

    /// <summary>Longest address that a reply is owed to, in characters: a URL with its parameters, or a queue with what is said back to it.</summary>
    public const int MaxReplyAddressLength = 4096;

    /// <summary>How long a node holds a reply that it is delivering without saying so again: then another node delivers it.</summary>
    public static readonly TimeSpan OutboxLease = TimeSpan.FromSeconds(15);

    /// <summary>How often a node looks for replies that nobody delivers, and says of those that it delivers that it does.</summary>
    public static readonly TimeSpan OutboxInterval = TimeSpan.FromSeconds(1);

    /// <summary>Replies of one carrier that a node delivers at once, beside those whose turns it follows.</summary>
    public const int MaxRedeliveries = 64;

    /// <summary>Shortest pause before a turn without an outcome is looked at again whose reply is owed.</summary>
    public static readonly TimeSpan OutboxLookMin = TimeSpan.FromSeconds(1);

    /// <summary>Longest such pause.</summary>
    public static readonly TimeSpan OutboxLookMax = TimeSpan.FromSeconds(30);

    /// <summary>Most replies that are owed and nobody tries to deliver any more, or that wait, in one list for an operator.</summary>
    public const int MaxOwedListed = 1000;
}
