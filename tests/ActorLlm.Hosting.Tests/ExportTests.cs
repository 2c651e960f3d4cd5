using System.Runtime.CompilerServices;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Inspection;
using Microsoft.Extensions.DependencyInjection;

namespace ActorLlm.Hosting.Tests;

public sealed class ExportTests
{
    private static readonly ConversationId Talk = ConversationId.Of("talk");

    [Fact]
    public async Task An_export_has_every_turn_in_order_and_nothing_that_was_deleted()
    {
        await using var host = await TestHost.StartAsync(ScriptedChatClient.Echo());
        var records = host.Services.GetRequiredService<IConversationRecords>();
        foreach (var turn in (string[])["t1", "gone", "t2"]) await CompleteAsync(host, turn);
        await records.AddAsync(Talk, TurnId.Parse("added"), [new Message(Role.User, "kept"), new Message(Role.User, "secret")]);
        await records.DeleteItemAsync(Talk, TurnId.Parse("added"), 1);
        await records.DeleteAsync(Talk, TurnId.Parse("gone"));
        await host.Conversations.AcknowledgeAsync(Talk, TurnId.Parse("t1"));
        await records.DescribeAsync(Talk, """{"topic":"tea"}""", mustExist: true);

        var reading = await OpenAsync(host, Talk);
        var turns = await reading!.TurnsAsync().ToListAsync();

        Assert.Equal(("default/talk", """{"topic":"tea"}""", 3), (reading.Head.Conversation, reading.Head.Metadata, reading.Head.Turns));
        Assert.Equal(["t1", "t2", "added"], turns.Select(turn => turn.Turn));
        Assert.Equal([TurnState.Committed, TurnState.Committed, TurnState.Recorded], turns.Select(turn => turn.State));
        Assert.Equal(["say t1", "say t2", "kept"], turns.Select(turn => turn.Content.Messages.Single().Text));
        Assert.Equal(["echo: say t1", "echo: say t2", null], turns.Select(turn => turn.Reply?.Text));
        Assert.NotNull(turns[0].AcknowledgedAt);
        Assert.Null(turns[1].AcknowledgedAt);
        Assert.All(turns, turn => Assert.True(turn.AcceptedAt <= turn.SettledAt));
    }

    [Fact]
    public async Task A_turn_without_an_outcome_is_exported_as_it_stands()
    {
        var gate = new Gate();
        await using var host = await TestHost.StartAsync(new ScriptedChatClient((_, stop) => HeldAsync(gate, stop)));
        foreach (var turn in (string[])["t1", "t2"]) await host.Conversations.SubmitAsync(new TurnRequest(Talk, TurnId.Parse(turn), TurnContent.Of("wait")));

        var turns = await (await OpenAsync(host, Talk))!.TurnsAsync().ToListAsync();

        Assert.Equal([TurnState.Running, TurnState.Waiting], turns.Select(turn => turn.State));
        Assert.All(turns, turn => Assert.Equal((null, null, ""), (turn.SettledAt, turn.Reply, turn.Outcome)));
        gate.Open();
    }

    [Fact]
    public async Task There_is_no_export_of_what_does_not_exist_or_was_deleted()
    {
        await using var host = await TestHost.StartAsync(ScriptedChatClient.Echo());
        await CompleteAsync(host, "t1");
        await host.Services.GetRequiredService<IConversationRecords>().DeleteAsync(Talk);

        Assert.Null(await OpenAsync(host, Talk));
        Assert.Null(await OpenAsync(host, ConversationId.Of("never")));
    }

    [Fact]
    public async Task The_audit_log_is_listed_by_pages_and_checked_with_the_first()
    {
        await using var host = await TestHost.StartAsync(ScriptedChatClient.Echo());
        var audit = host.Services.GetRequiredService<IAuditLog>();
        var order = await audit.WriteAsync(new AuditOrder("anna", "127.0.0.1", "leave", "10.0.0.1:4053"));
        var result = await audit.WriteAsync(order, "is leaving");

        var first = await audit.ListAsync(null, 1);
        var second = await audit.ListAsync(first.Next, 1);

        Assert.Equal([result], first.Entries);
        Assert.Equal([order], second.Entries);
        Assert.Equal(new AuditCheck(true, 2, result.Hash, ""), first.Chain);
        Assert.Null(second.Chain);
        Assert.Null(second.Next);
        Assert.NotEmpty(order.Node);
    }

    private static async IAsyncEnumerable<string> HeldAsync(Gate gate, [EnumeratorCancellation] CancellationToken stop)
    {
        await gate.PassAsync(stop);
        yield return "at last";
    }

    private static Task<TurnSettled> CompleteAsync(TestHost host, string turn) =>
        host.Conversations.CompleteAsync(new TurnRequest(Talk, TurnId.Parse(turn), TurnContent.Of($"say {turn}")));

    private static Task<IConversationReading?> OpenAsync(TestHost host, ConversationId conversation) =>
        host.Services.GetRequiredService<IConversationExport>().OpenAsync(conversation);
}
