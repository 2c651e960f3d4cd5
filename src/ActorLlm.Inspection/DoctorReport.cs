namespace ActorLlm.Inspection;

/// <summary>What a node finds when it looks after its own health and that of the cluster.</summary>
/// <param name="Node">The node that looked, <c>host:port</c>.</param>
/// <param name="Time">Its clock.</param>
/// <param name="Findings">What it looked at.</param>
public sealed record DoctorReport(string Node, DateTimeOffset Time, IReadOnlyList<Finding> Findings);

/// <summary>One thing that was looked at.</summary>
/// <param name="Check">Its name, such as <c>journal index</c>.</param>
/// <param name="Severity">How it is.</param>
/// <param name="Message">What was found.</param>
/// <param name="Remedy">What to do; empty where nothing is to be done.</param>
public sealed record Finding(string Check, Severity Severity, string Message, string Remedy);

/// <summary>How bad a finding is.</summary>
public enum Severity
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>It works, and should be seen to.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Bad,
}
