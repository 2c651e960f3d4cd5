using System.Globalization;
using ActorLlm.Domain.Conversations;
using ActorLlm.Simulation.Checking;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Parties;

/// <summary>One call as its worker knows it.</summary>
internal sealed class ModelRun(AttemptKey key)
{
    public AttemptKey Key { get; } = key;
}

/// <summary>A piece of the reply: model to worker.</summary>
internal sealed record ModelPiece(ModelRun Run, string Text);

/// <summary>The call is over: model to worker. No failure means that the reply is whole.</summary>
internal sealed record ModelEnd(ModelRun Run, AttemptEnd.Failed? Failure, bool CutOff);

/// <summary>What the model does to every call for a while.</summary>
internal enum ModelMood
{
    Well,
    Refuses,
    LimitsRate,
    Hangs,
    CutsOff,
}

/// <summary>The model behind the backends' decorators: it answers in pieces, fails, asks to wait, hangs or breaks off. Each call's text is its own.</summary>
internal sealed class ModelParty(World world) : Party(world, null, "model")
{
    /// <summary>The words by which a provider's wish to wait is found again in the journal, in ms.</summary>
    public const string RetryAfterWords = "Asked to wait ms ";

    // The inactivity limit of the backends, shortened: a hang is a failure after it.
    private const int InactivityMs = 15_000;
    private const int MaxPieces = 4;

    private readonly Dice _dice = Dice.For(world.Plan.Seed, 5);
    private int _calls;

    public ModelMood Mood { get; set; }

    public override void Receive(object message, Party? sender) => throw new NotSupportedException("The model is called, not told.");

    public void Call(WorkerParty worker, ModelRun run, TurnContent content)
    {
        World.Counts.Add(Happening.ModelCalled);
        var text = Contents.TextOf(content);
        var record = new ModelCall
        {
            StartedAt = World.NowMs,
            Conversation = Names.NumberOf(run.Key.Conversation),
            Turn = run.Key.Turn.Value,
            Attempt = run.Key.Attempt,
            FullText = string.Create(CultureInfo.InvariantCulture, $"Reply {++_calls} to {text}: one two three four five"),
        };
        World.History.Calls.Add(record);
        World.Trace?.Line(World.NowMs, $"model called for {run.Key.Conversation.Name}/{run.Key.Turn}/{run.Key.Attempt} by {worker}");
        if (text.StartsWith(Contents.Poison, StringComparison.Ordinal)) Fail(worker, run, record, FailureKind.Content, "The content was refused.");
        else Answer(worker, run, record, MoodOfCall());
    }

    private ModelMood MoodOfCall()
    {
        if (World.Healed) return ModelMood.Well;
        if (Mood != ModelMood.Well) return Mood;
        return World.Plan.ModelFailsPercent > 0 && _dice.Chance(World.Plan.ModelFailsPercent)
            ? (ModelMood)_dice.Between((int)ModelMood.Refuses, (int)ModelMood.CutsOff)
            : ModelMood.Well;
    }

    private void Answer(WorkerParty worker, ModelRun run, ModelCall record, ModelMood mood)
    {
        switch (mood)
        {
            case ModelMood.Refuses:
                World.Counts.Add(Happening.ModelFailed);
                var kind = _dice.Chance(80) ? FailureKind.Provider : FailureKind.Content;
                Fail(worker, run, record, kind, "The provider failed.");
                break;
            case ModelMood.LimitsRate:
                World.Counts.Add(Happening.ModelLimitedRate);
                var wait = _dice.Between(1, 12) * 1000;
                Fail(worker, run, record, FailureKind.Provider, string.Create(CultureInfo.InvariantCulture, $"{RetryAfterWords}{wait}"), wait);
                break;
            case ModelMood.Hangs:
                World.Counts.Add(Happening.ModelHung);
                End(worker, new ModelEnd(run, new AttemptEnd.Failed(FailureKind.Provider, "Nothing came.", null), false), record, InactivityMs);
                break;
            default:
                Speak(worker, run, record, cutOff: mood == ModelMood.CutsOff);
                break;
        }
    }

    private void Speak(WorkerParty worker, ModelRun run, ModelCall record, bool cutOff)
    {
        var duration = World.Healed ? Math.Min(World.Plan.ModelMs, 1500) : World.Plan.ModelMs;
        duration = _dice.Between(duration / 3, duration);
        var pieces = _dice.Between(1, MaxPieces);
        var said = 0;
        var all = cutOff ? _dice.Between(1, record.FullText.Length - 1) : record.FullText.Length;
        for (var piece = 1; piece <= pieces; piece++)
        {
            var until = all * piece / pieces;
            if (until > said) World.Post(worker, new ModelPiece(run, record.FullText[said..until]), this, (long)duration * piece / pieces);
            said = until;
        }

        if (cutOff) World.Counts.Add(Happening.ModelCutOff);
        record.Answered = !cutOff;
        var failure = cutOff ? new AttemptEnd.Failed(FailureKind.Provider, "The reply ended without a finish reason: it may be cut short.", null) : null;
        End(worker, new ModelEnd(run, failure, cutOff), record, duration);
    }

    private void Fail(WorkerParty worker, ModelRun run, ModelCall record, FailureKind kind, string reason, int? waitMs = null)
    {
        var failed = new AttemptEnd.Failed(kind, reason, waitMs is { } wait ? TimeSpan.FromMilliseconds(wait) : null);
        End(worker, new ModelEnd(run, failed, false), record, _dice.Between(5, 300));
    }

    private void End(WorkerParty worker, ModelEnd end, ModelCall record, long delay)
    {
        record.EndedAt = World.NowMs + delay;
        World.Post(worker, end, this, delay);
    }
}
