namespace ActorLlm.RabbitMq.Tests;

public sealed class InOrderTests
{
    [Fact]
    public async Task Work_of_one_key_waits_for_what_was_given_before_and_that_of_another_does_not()
    {
        var order = new InOrder<string>();
        var gate = new TaskCompletionSource();
        var done = new List<string>();

        var first = order.RunAsync("a", () => gate.Task);
        var second = order.RunAsync("a", () => Note("a2"));
        var third = order.RunAsync("a", () => Note("a3"));
        await order.RunAsync("b", () => Note("b"));
        Assert.Equal(["b"], done);
        gate.SetResult();
        await Task.WhenAll(first, second, third);

        Assert.Equal(["b", "a2", "a3"], done);

        Task Note(string what)
        {
            lock (done) done.Add(what);
            return Task.CompletedTask;
        }
    }
}
