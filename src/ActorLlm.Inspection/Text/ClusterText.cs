namespace ActorLlm.Inspection.Text;

/// <summary>The members of a cluster as a table, and what changed between two looks at them.</summary>
public static class ClusterText
{
    /// <summary>The table.</summary>
    public static Page Of(ClusterPicture cluster, View view)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(view);
        var table = new Table(
            new Column("NODE"), new Column("STATUS"), new Column("REACHABLE"), new Column("ROLES", Shrinks: true), new Column("VERSION"),
            new Column("NOTES"));
        foreach (var member in cluster.Members)
        {
            table.Add(
                TextRun.Of(member.Node),
                TextRun.Of(member.Status, member.Status == "Up" ? Tone.Good : Tone.Warning),
                member.Reachable ? new TextRun("yes", Tone.Good) : new TextRun("no", Tone.Bad),
                TextRun.Of(string.Join(", ", member.Roles)),
                TextRun.Of(member.Version),
                TextRun.Of(Notes(cluster, member), member.Draining ? Tone.Warning : Tone.Plain));
        }

        var members = cluster.Members.Count == 1 ? "1 member" : $"{cluster.Members.Count} members";
        return new Page([TextLine.Of($"{members}, seen by {cluster.AskedNode}"), TextLine.Empty, .. table.Lines(view.Width)]);
    }

    /// <summary>What is otherwise than before, a line for each change; everything where nothing was seen before.</summary>
    public static IReadOnlyList<TextLine> Changes(ClusterPicture? before, ClusterPicture now)
    {
        ArgumentNullException.ThrowIfNull(now);
        var old = (before?.Members ?? []).ToDictionary(member => member.Node);
        var lines = new List<TextLine>();
        foreach (var member in now.Members)
        {
            if (!old.Remove(member.Node, out var was) || was.Status != member.Status || was.Reachable != member.Reachable || was.Draining != member.Draining)
                lines.Add(TextLine.Of($"{member.Node} is {Standing(member)}", ToneOf(member)));
        }

        lines.AddRange(old.Values.Select(member => TextLine.Of($"{member.Node} is no member any more", Tone.Bad)));
        if (now.Leader != before?.Leader) lines.Add(TextLine.Of(now.Leader is { } leader ? $"{leader} is the leader" : "there is no leader", now.Leader is null ? Tone.Warning : Tone.Plain));
        if (now.Coordinator != before?.Coordinator)
            lines.Add(TextLine.Of(now.Coordinator is { } coordinator ? $"{coordinator} is the coordinator" : "there is no coordinator", now.Coordinator is null ? Tone.Warning : Tone.Plain));
        return lines;
    }

    private static string Standing(MemberPicture member) =>
        member.Status + (member.Reachable ? "" : ", unreachable") + (member.Draining ? ", draining" : "");

    private static Tone ToneOf(MemberPicture member) => (member.Reachable, member.Status, member.Draining) switch
    {
        (false, _, _) => Tone.Bad,
        (_, "Up", false) => Tone.Good,
        _ => Tone.Warning,
    };

    private static string Notes(ClusterPicture cluster, MemberPicture member) => string.Join(
        ", ",
        new[]
        {
            member.Node == cluster.Leader ? "leader" : null,
            member.Node == cluster.Coordinator ? "coordinator" : null,
            member.Draining ? "draining" : null,
        }.OfType<string>());
}
