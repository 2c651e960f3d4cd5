using System.Collections.Immutable;
using ActorLlm.Domain.Conversations;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Parties;

/// <summary>
/// Mirrors GroupCommitJournal, one a node: a stale writer fails alone, and a recovery waits for a write of its predecessor on the same
/// node. That many writes share a transaction changes their times only, and is left out.
/// </summary>
internal sealed class JournalParty(World world, Node node) : Party(world, node, "journal")
{
    private readonly WriteJob?[] _writing = new WriteJob?[world.Plan.Conversations];
    private readonly List<RecoveryJob> _waiting = [];

    public void Write(ConversationParty writer, long firstSequence, ImmutableArray<ConversationEvent> events)
    {
        var job = new WriteJob(writer, firstSequence, events);
        _writing[writer.Number] = job;
        World.Post(World.Database, job, this, 1);
    }

    public void Recover(ConversationParty reader) => World.Post(World.Database, new RecoveryJob(reader), this, 1);

    public void Save(ConversationParty writer, ConversationState state) => World.Post(World.Database, new SaveSnapshot(writer, state), this, 2);

    public override void Receive(object message, Party? sender)
    {
        switch (message)
        {
            case WriteDone done:
                var writer = done.Job.Writer;
                if (_writing[writer.Number] == done.Job) _writing[writer.Number] = null;
                World.Post(writer, done, this);
                Continue(writer.Number);
                break;
            case RecoveryJob job:
                Continue(job);
                break;
        }
    }

    private void Continue(RecoveryJob job)
    {
        if (job.Failed || job.Stage == 2)
        {
            World.Post(job.Reader, job, this);
            return;
        }

        job.Stage++;
        if (job.Stage == 1 && _writing[job.Reader.Number] is not null) _waiting.Add(job);
        else World.Post(World.Database, job, this, 1);
    }

    private void Continue(int conversation)
    {
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            if (_waiting[i].Reader.Number != conversation) continue;
            World.Post(World.Database, _waiting[i], this, 1);
            _waiting.RemoveAt(i);
        }
    }
}
