namespace ActorLlm.Admin.Tests;

public static class Until
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Waits for a condition.</summary>
    public static async Task TrueAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!condition()) await Task.Delay(20, deadline.Token);
    }
}
