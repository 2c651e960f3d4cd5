using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Domain.Membership;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ActorLlm.Cluster.Membership;

/// <summary>
/// Brings this node into the one cluster of its database, and watches that it stays one: asks and tells the <see cref="NodeTable"/> once a
/// <see cref="Limits.NodeBeat"/>, and does what <see cref="Rendezvous"/> says.
/// </summary>
internal sealed class MembershipActor : UntypedActor, IWithTimers
{
    public const string Name = "actorllm-membership";

    // The watch over the others has a break when the database was silent for longer.
    private static readonly TimeSpan LongestSilence = 3 * Limits.NodeBeat;

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly NodeTable _table;
    private readonly Contacts? _contacts;
    private IReadOnlyList<string>? _joining;
    private bool _asking;
    private IActorRef? _leaveRequester;
    private long? _watchedSince;
    private long _heardAt;
    private long? _spokeAt;
    private long _askedAt;
    private long? _secondClusterSince;
    private bool _ended;

    public MembershipActor(JournalSettings journal, Contacts? contacts, TimeProvider time)
    {
        _time = time;
        _contacts = contacts;
        _table = new NodeTable(journal, IdOf(_cluster.SelfUniqueAddress));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Beat), Beat.Instance, TimeSpan.Zero, Limits.NodeBeat);

    protected override void PostStop()
    {
        _stop.Cancel();
        _ = _table.DisposeAsync().AsTask();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Beat when !_asking && _leaveRequester is null:
                Ask();
                break;
            case Others others:
                _asking = false;
                Watch();
                if (!Leaves()) Act(others.Nodes);
                break;
            case Found found:
                _asking = false;
                if (!Leaves() && Status == MemberStatus.Removed) JoinFound(found);
                break;
            case Claimed claimed:
                _asking = false;
                if (!Leaves() && claimed.First) Form();
                break;
            case Failed failed:
                _asking = false;
                _watchedSince = null;
                if (!Leaves() && Status == MemberStatus.Removed)
                    _log.Warning("Waits for the database to say which nodes are there: {0}", failed.Cause.Message);
                break;
            case Leave:
                _leaveRequester = Sender;
                if (!_asking) Leaves();
                break;
        }
    }

    private MemberStatus Status => _cluster.SelfMember.Status;

    private void Ask()
    {
        // Neither while others are letting it in, nor when it is on its way out.
        if (Status is not (MemberStatus.Removed or MemberStatus.Up or MemberStatus.WeaklyUp) || _cluster.IsTerminated || _ended) return;
        _asking = true;
        _askedAt = _time.GetTimestamp();
        var asked = Status == MemberStatus.Removed ? _table.ReadOthersAsync(_stop.Token)
            : WasSilent ? _table.SpeakAgainAsync(Members(), Up().Count, _stop.Token)
            : _table.BeatAsync(Up().Count, _stop.Token);
        asked.PipeTo(Self, success: nodes => new Others(nodes), failure: Failed.Because);
    }

    /// <summary>Whether others may have taken this node for dead since it last spoke: it was halted, or without the database.</summary>
    private bool WasSilent => _spokeAt is { } at && _time.GetElapsedTime(at) >= Limits.NodeFreshFor;

    private void Watch()
    {
        var now = _time.GetTimestamp();
        if (_watchedSince is null || _time.GetElapsedTime(_heardAt, now) > LongestSilence) _watchedSince = now;
        _heardAt = now;
    }

    private void Act(IReadOnlyList<KnownNode> others)
    {
        if (Status is MemberStatus.Up or MemberStatus.WeaklyUp) LookForSecondCluster(others);
        else if (Status == MemberStatus.Removed) Join(others);
    }

    private void Join(IReadOnlyList<KnownNode> others)
    {
        switch (Rendezvous.Next(others, _time.GetElapsedTime(_watchedSince!.Value)))
        {
            case JoinStep.Form:
                _asking = true;
                _table.ClaimAsync(_stop.Token).PipeTo(Self, success: first => new Claimed(first), failure: Failed.Because);
                break;
            case JoinStep.Join join when _contacts is null:
                Join(join.Addresses);
                break;
            case JoinStep.Join join:
                _asking = true;
                _contacts.FindAsync(_stop.Token).PipeTo(
                    Self, success: contacts => new Found(join.Addresses, contacts, null), failure: cause => new Found(join.Addresses, [], cause));
                break;
        }
    }

    private void Join(IReadOnlyList<string> addresses)
    {
        if (_joining is not null && addresses.SequenceEqual(_joining, StringComparer.Ordinal)) return;
        _joining = addresses;
        _log.Info(
            "Joins the cluster of {0}. Should this not succeed: these addresses must be reachable from here, and {1} from there (ActorLlm:Cluster:Hostname and Port).",
            string.Join(", ", addresses), Text(_cluster.SelfAddress));
        _cluster.JoinSeedNodes(addresses.Select(Parse));
    }

    private void JoinFound(Found found)
    {
        var addresses = Rendezvous.Contacts(found.Known, found.Contacts);
        if (addresses.Count > 0)
        {
            Join(addresses);
        }
        else if (_joining is null or { Count: > 0 })
        {
            _joining = [];
            _log.Warning(
                "The database knows the nodes {0}, and {1} names none of them but [{2}]{3}. Goes on asking, and forms no cluster while one of those lives. Nodes must call themselves (ActorLlm:Cluster:Hostname and Port) as they are named there.",
                string.Join(", ", found.Known), _contacts!.Source, string.Join(", ", found.Contacts), found.Cause is { } cause ? $" ({cause.Message})" : "");
        }
    }

    private void Form()
    {
        if (Status != MemberStatus.Removed) return;
        _log.Info("No other node of this database is there: forms a cluster.");
        _cluster.Join(_cluster.SelfAddress);
    }

    private void LookForSecondCluster(IReadOnlyList<KnownNode> others)
    {
        var strangers = Rendezvous.Strangers(others, Members());
        var silent = WasSilent;
        if (strangers.Count == 0 || !silent) _spokeAt = _askedAt;
        if (strangers.Count == 0)
        {
            _secondClusterSince = null;
            return;
        }

        _secondClusterSince ??= _askedAt;
        if (!silent && _time.GetElapsedTime(_secondClusterSince.Value) < Limits.SecondClusterFor) return;
        var names = string.Join(", ", strangers.Select(stranger => stranger.Id.Address));
        if (silent || Rendezvous.Yields(Up(), strangers))
        {
            _log.Error("There is a second cluster on this database, that of {0}. This node ends, so that it joins it when it is started again.", names);
            End();
        }
        else
        {
            _log.Warning("There is a second cluster on this database, that of {0}. Its nodes should end by themselves and join this one.", names);
            _secondClusterSince = null; // says it again after the same time
        }
    }

    /// <summary>
    /// Out at once, without the steps of a leave: the two clusters share addresses, and while both live the messages of one disturb the other. A
    /// singleton was seen to be handed over into the cluster that was about to end, and so to be missing in the one that stayed.
    /// </summary>
    private void End()
    {
        _ended = true;
        _cluster.Down(_cluster.SelfAddress);
    }

    /// <summary>Says goodbye, if it was asked to; nothing that is still under way may come after it.</summary>
    private bool Leaves()
    {
        if (_leaveRequester is not { } requester) return false;
        _asking = true;
        // A database that does not answer must not keep a node from ending: its word grows old by itself.
        _table.LeaveAsync(_stop.Token).PipeTo(requester, Self, () => Akka.Done.Instance, _ => Akka.Done.Instance);
        return true;
    }

    private IReadOnlyCollection<string> Up() =>
        [.. _cluster.State.Members.Where(member => member.Status is MemberStatus.Up or MemberStatus.WeaklyUp).Select(member => Text(member.Address))];

    private HashSet<NodeId> Members() => [.. _cluster.State.Members.Select(member => IdOf(member.UniqueAddress))];

    private static NodeId IdOf(UniqueAddress node) => new(Text(node.Address), node.Uid);

    private static string Text(Address address) => $"{address.Host}:{address.Port}";

    private Address Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        return _cluster.SelfAddress.WithHost(text[..colon]).WithPort(int.Parse(text.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture));
    }

    private sealed record Beat
    {
        public static Beat Instance { get; } = new();
    }

    private sealed record Others(IReadOnlyList<KnownNode> Nodes);

    private sealed record Found(IReadOnlyList<string> Known, IReadOnlyList<Contact> Contacts, Exception? Cause);

    private sealed record Claimed(bool First);

    private sealed record Failed(Exception Cause)
    {
        public static Failed Because(Exception cause) => new(cause);
    }
}

/// <summary>Asks the <see cref="MembershipActor"/> to take its word back; answered when that is done, or could not be.</summary>
internal sealed record Leave
{
    public static Leave Instance { get; } = new();
}
