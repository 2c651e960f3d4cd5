using ActorLlm.Hosting;
using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;
using Petabridge.Cmd;

namespace ActorLlm.PetabridgeCmd.Tests;

public sealed class CommandTests : IAsyncLifetime
{
    private readonly FakeCluster _cluster = new();
    private readonly NotedOrders _audit = new();
    private readonly ActorSystem _system = ActorSystem.Create("palette");

    public static TheoryData<string> Names => [.. ActorLlmCommands.ActorLlmPalette.Commands.Select(command => command.Name)];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _system.Terminate();

    [Theory]
    [InlineData("workers", "10.0.0.1:4053", "main")]
    [InlineData("capacity", "13 places of workers are wanted", "10.5 = 10.5")]
    [InlineData("shards", "10.0.0.1:4053", "1 of 100 shards")]
    [InlineData("conversations", "acme/order-4711", "TurnFailed")]
    [InlineData("approvals", "acme/order-4711", "Refund 500?")]
    [InlineData("doctor", "database", "Start it.")]
    public void A_query_shows_what_the_cluster_says(string command, params string[] expected)
    {
        var (lines, error) = Run(command);

        Assert.Null(error);
        Assert.All(expected, text => Assert.Contains(text, string.Join('\n', lines), StringComparison.Ordinal));
    }

    [Fact]
    public void Turns_are_shown_by_their_conversation()
    {
        var (lines, _) = Run("turns", ("-c", "acme/order-4711"));

        Assert.Contains(lines, line => line.Contains("m1", StringComparison.Ordinal) && line.Contains("failed", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Explain_shows_the_attempts_of_a_turn_with_the_node_that_was_lost()
    {
        var (lines, _) = Run("explain", ("--conversation", "acme/order-4711"), ("-t", "m1"));

        Assert.Contains(lines, line => line.Contains("10.0.0.2:4053", StringComparison.Ordinal));
    }

    [Fact]
    public void An_order_reaches_the_cluster()
    {
        Run("drain", ("-n", FakeCluster.Node), ("--patience", "5"));
        Run("resume", ("-n", FakeCluster.Node));
        Run("cancel", ("-c", "acme/order-4711"), ("-t", "m1"));
        var (lines, _) = Run("requeue", ("-c", "acme/order-4711"), ("-t", "m1"));

        Assert.Equal([$"drain {FakeCluster.Node} 5", $"resume {FakeCluster.Node}", "cancel acme/order-4711 m1", "requeue acme/order-4711 m1"], _cluster.Orders);
        Assert.Contains("m1.again", Assert.Single(lines), StringComparison.Ordinal);
    }

    [Fact]
    public void An_order_is_in_the_audit_log_as_pbms_with_what_became_of_it()
    {
        Run("drain", ("-n", FakeCluster.Node));
        Run("resume", ("-n", FakeCluster.Node));
        Run("cancel", ("-c", "acme/order-4711"), ("-t", "m1"));
        Run("requeue", ("-c", "acme/order-4711"), ("-t", "m1"));
        Run("drain", ("-n", "10.9.9.9:1"));
        Run("explain", ("-c", "acme/order-4711"), ("-t", "m1"));

        Assert.Equal(
            [
                $"pbm drain {FakeCluster.Node}", "of 1: empty",
                $"pbm resume {FakeCluster.Node}", "of 3: takes attempts again",
                "pbm cancel acme/order-4711 m1", "of 5: not cancelled yet",
                "pbm requeue acme/order-4711 m1", "of 7: runs again as m1.again",
                "pbm drain 10.9.9.9:1", $"of 9: not done: '10.9.9.9:1' is no member of the cluster; members are {FakeCluster.Node}.",
            ],
            _audit.Rows);
    }

    [Fact]
    public void An_order_that_cannot_be_written_down_is_not_carried_out()
    {
        _audit.IsAway = true;

        var (_, error) = Run("cancel", ("-c", "acme/order-4711"), ("-t", "m1"));

        Assert.Contains("Nothing was done, as the order could not be written to the audit log.", error, StringComparison.Ordinal);
        Assert.Empty(_cluster.Orders);
    }

    [Fact]
    public void A_list_may_be_of_one_tenant_and_of_a_length()
    {
        Run("conversations", ("-T", "acme"), ("-l", "7"));

        Assert.Equal(("acme", 7), (_cluster.Filter!.Tenant, _cluster.Filter.Limit));
    }

    [Theory]
    [InlineData("drain", "-n", "10.9.9.9:1", "members are 10.0.0.1:4053")]
    [InlineData("drain", "-p", "soon", "whole number from 0 to 600")]
    [InlineData("conversations", "-l", "0", "whole number from 1 to 1000")]
    [InlineData("turns", "-c", "no-slash", "tenant/name")]
    [InlineData("turns", "-c", "acme/unknown", "There is no conversation acme/unknown")]
    public void What_cannot_be_done_is_said_with_what_was_expected(string command, string name, string value, string expected)
    {
        (string, string)[] node = command == "drain" && name != "-n" ? [("-n", FakeCluster.Node)] : [];

        var (_, error) = Run(command, [.. node, (name, value)]);

        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_command_says_what_it_does_and_each_of_its_arguments_too(string name)
    {
        var definition = ActorLlmCommands.ActorLlmPalette.Commands.Single(command => command.Name == name);

        Assert.EndsWith(".", definition.Description, StringComparison.Ordinal);
        Assert.All(definition.Arguments, argument => Assert.NotEmpty(argument.Description));
        Assert.All(definition.Arguments, argument => Assert.Contains(argument.Switches, name => name.StartsWith("--", StringComparison.Ordinal)));
    }

    private (List<string> Lines, string? Error) Run(string command, params (string Switch, string Value)[] arguments)
    {
        var palette = new ActorLlmCommands(_cluster, _cluster, new OrderAudit(_audit, NullLogger<OrderAudit>.Instance), TimeProvider.System);
        var handler = _system.ActorOf(palette.HandlerProps);
        using var inbox = Inbox.Create(_system);
        inbox.Send(handler, new Command("actorllm", command, [.. arguments.Select(argument => Tuple.Create(argument.Switch, argument.Value))]));
        var lines = new List<string>();
        while (true)
        {
            var response = (CommandResponse)inbox.Receive(TimeSpan.FromSeconds(10));
            if (response is ErroredCommandResponse) return (lines, response.Text);
            if (response.Final) return (lines, null);
            lines.Add(response.Text);
        }
    }
}
