using ActorLlm.Domain.Conversations;

namespace ActorLlm.Inspection.Text;

/// <summary>The steps of a turn, and below each the steps of the turn that it sent, as a tree.</summary>
internal static class StepsText
{
    /// <summary>The tree; times are told from the acceptance of the turn on.</summary>
    public static Table Of(TurnLife life)
    {
        var table = new Table(
            new Column("STEP", Shrinks: true), new Column("KIND"), new Column("NAME"), new Column("ATTEMPT", Right: true), new Column("BEGUN", Right: true),
            new Column("TOOK", Right: true), new Column("RESULT"));
        Add(table, life, life.AcceptedAt, "");
        return table;
    }

    /// <summary>What a turn waits for, in words; empty for nothing.</summary>
    public static string Awaited(TurnLife life)
    {
        if (life.State != TurnState.Running || life.Attempts.Any(attempt => attempt.End is AttemptState.Running or AttemptState.Queued)) return "";
        string[] open = [.. life.Steps.Where(step => step.State == StepState.Open && step.Kind != StepKind.Tool).Select(Name)];
        return open.Length == 0 ? "" : $", waits for {string.Join(" and ", open)}";
    }

    private static void Add(Table table, TurnLife life, DateTimeOffset begin, string indent)
    {
        foreach (var step in life.Steps)
        {
            table.Add(
                TextRun.Of(indent + step.Key), TextRun.Of(Word(step.Kind)), TextRun.Of(step.Name), new TextRun($"{step.Attempt}"),
                new TextRun(Times.After(begin, step.BegunAt)), new TextRun(Times.Between(step.BegunAt, step.EndedAt)), Result(step));
            if (step.Child is { } child) Add(table, child, begin, indent + "  ");
        }
    }

    private static string Name(StepLife step) => step.Kind == StepKind.Approval ? $"approval '{step.Key}'" : $"module {step.Name} ('{step.Key}')";

    private static string Word(StepKind kind) => kind switch
    {
        StepKind.Tool => "tool",
        StepKind.Child => "module",
        _ => "approval",
    };

    private static TextRun Result(StepLife step) => step.State switch
    {
        StepState.Open => new(step.Kind == StepKind.Tool ? "under way" : "waited for", Tone.Warning),
        StepState.Done => new("done", Tone.Good),
        StepState.Failed => new("failed", Tone.Bad),
        StepState.Granted => TextRun.Of($"granted by {step.By}", Tone.Good),
        StepState.Refused => TextRun.Of($"refused by {step.By}", Tone.Bad),
        StepState.Cancelled => new("cancelled", Tone.Warning),
        _ => new("unknown: lost with its worker", Tone.Bad),
    };
}
