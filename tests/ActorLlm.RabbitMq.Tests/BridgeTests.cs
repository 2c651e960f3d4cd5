using System.Net;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Processes;
using ActorLlm.Testing;
using RabbitMQ.Client;

namespace ActorLlm.RabbitMq.Tests;

/// <summary>The bridge against a real broker.</summary>
[Collection(Broker.Collection)]
public sealed class BridgeTests(Broker broker)
{
    [RabbitMqFact]
    public async Task A_message_gets_its_reply_with_its_id_and_correlation_and_the_acknowledgement_is_persisted()
    {
        await using var rig = await Rig.StartAsync(broker.Server, "happy");
        await using var client = await rig.ClientAsync();

        await client.SendAsync("happy", """{"type":"chat","content":"Good morning","id":"m-1"}""", new BasicProperties { CorrelationId = "c-1" });
        var reply = await client.TakeAsync(rig.Replies);

        Assert.Equal(("success", "m-1", "c-1"), (reply.Text("status"), reply.Text("id"), reply.Properties.CorrelationId));
        Assert.Contains("Good morning", reply.Text("result"), StringComparison.Ordinal);
        Assert.Equal("default/amqp-m-1", reply.Header("x-actorllm-conversation"));
        await Eventually.HoldsAsync("the acknowledgement is durable", async () =>
            await rig.Conversations.GetAsync(ConversationId.Of("amqp-m-1"), TurnId.Parse("m-1")) is TurnSettled { Acknowledged: true });
        await Eventually.HoldsAsync("nothing is owed", async () => (await rig.Outbox.ListAsync(parked: false, 10)).Count == 0);
        Assert.Equal(0u, await client.CountAsync("happy"));
    }

    [RabbitMqFact]
    public async Task Headers_name_conversation_and_tenant_and_turns_of_one_conversation_keep_the_queues_order()
    {
        await using var rig = await Rig.StartAsync(broker.Server, "order");
        await using var client = await rig.ClientAsync();
        var headers = new Dictionary<string, object?> { ["x-actorllm-conversation"] = "talk", ["x-actorllm-tenant"] = "acme" };

        for (var number = 1; number <= 20; number++)
            await client.SendAsync("order", $$"""{"type":"chat","content":"number {{number}}","id":{{number}}}""", new BasicProperties { Headers = headers });
        var ids = new List<string>();
        for (var number = 1; number <= 20; number++) ids.Add((await client.TakeAsync(rig.Replies)).Text("id"));

        var history = (await rig.Conversations.GetAsync(ConversationId.Of("acme", "talk"))).History;
        Assert.Equal(Enumerable.Range(1, 20).Select(number => $"{number}"), history.Select(exchange => exchange.Turn.Value));
        Assert.Equal(20, ids.Distinct().Count());
    }

    [RabbitMqFact]
    public async Task A_repeat_by_id_is_the_same_turn_and_gets_the_same_reply_again()
    {
        await using var rig = await Rig.StartAsync(broker.Server, "repeat");
        await using var client = await rig.ClientAsync();
        const string Message = """{"type":"chat","content":"once [[reply vary]]","id":"same"}""";

        await client.SendAsync("repeat", Message);
        var first = await client.TakeAsync(rig.Replies);
        await client.SendAsync("repeat", Message);
        var second = await client.TakeAsync(rig.Replies);
        await client.SendAsync("repeat", """{"type":"chat","content":"something else","id":"same"}""");
        var other = await client.TakeAsync(rig.Replies);

        Assert.Equal(first.Text("result"), second.Text("result"));
        Assert.Equal(first.Properties.MessageId, second.Properties.MessageId);
        Assert.Equal("error", other.Text("status"));
        Assert.Equal(1, (await rig.Conversations.GetAsync(ConversationId.Of("amqp-same"))).TurnsSettled);
    }

    [RabbitMqFact]
    public async Task A_message_without_an_id_is_known_by_its_message_id_and_one_without_either_gets_one()
    {
        await using var rig = await Rig.StartAsync(broker.Server, "ids");
        await using var client = await rig.ClientAsync();

        await client.SendAsync("ids", """{"type":"chat","content":"one"}""", new BasicProperties { MessageId = "amqp-id" });
        Assert.Equal("amqp-id", (await client.TakeAsync(rig.Replies)).Text("id"));
        await client.SendAsync("ids", """{"type":"chat","content":"two"}""");
        Assert.StartsWith("made-", (await client.TakeAsync(rig.Replies)).Text("id"), StringComparison.Ordinal);
    }

    [RabbitMqFact]
    public async Task What_cannot_be_read_goes_to_the_dead_letters_with_its_reason_and_holds_nothing_up()
    {
        await using var rig = await Rig.StartAsync(broker.Server, "bad");
        await using var client = await rig.ClientAsync();

        await client.SendAsync("bad", "no json", new BasicProperties { Headers = new Dictionary<string, object?> { ["mine"] = "kept" } });
        await client.SendAsync("bad", """{"type":"chat","id":"no content"}""");
        await client.SendAsync("bad", """{"type":"chat","content":"good","id":"good"}""");

        Assert.Equal("good", (await client.TakeAsync(rig.Replies)).Text("id"));
        var dead = new[] { await client.TakeAsync(rig.Dead), await client.TakeAsync(rig.Dead) };
        var unread = Assert.Single(dead, message => message.Properties.Headers!.ContainsKey("mine"));
        Assert.Equal("no json", unread.Body.GetString());
        Assert.Contains("not JSON", unread.Header("x-actorllm-reason"), StringComparison.Ordinal);
        Assert.Single(dead, message => message.Header("x-actorllm-reason").Contains("no content", StringComparison.Ordinal));
        Assert.Equal(0u, await client.CountAsync("bad"));
    }

    [RabbitMqFact]
    public async Task A_type_is_a_model_or_what_the_map_says_and_an_unknown_one_is_answered_with_an_error()
    {
        await using var rig = await Rig.StartAsync(broker.Server, "types", options => options.Types = new Dictionary<string, string> { ["text"] = "", ["image"] = "other" });
        await using var client = await rig.ClientAsync();

        foreach (var type in new[] { "text", "image", "other", "sound" }) await client.SendAsync("types", $$"""{"type":"{{type}}","content":"hi","id":"{{type}}"}""");
        var replies = new Dictionary<string, string>();
        while (replies.Count < 4)
        {
            var reply = await client.TakeAsync(rig.Replies);
            replies[reply.Text("id")] = $"{reply.Text("status")} {reply.Text("result")}";
        }

        Assert.All(["text", "image", "other"], type => Assert.StartsWith("success", replies[type], StringComparison.Ordinal));
        Assert.StartsWith("error The type 'sound' is not known; known are text, image, simulator, other", replies["sound"], StringComparison.Ordinal);
    }

    [RabbitMqFact]
    public async Task A_reply_to_a_queue_that_comes_later_is_kept_and_one_to_a_queue_that_never_comes_ends_in_the_dead_letters()
    {
        await using var rig = await Rig.StartAsync(broker.Server, "unroutable", options => options.ReplyAttempts = 3);
        await using var client = await rig.ClientAsync();

        await client.SendAsync("unroutable", """{"type":"chat","content":"hi","id":"never"}""", new BasicProperties { ReplyTo = "nowhere" });
        await client.SendAsync("unroutable", """{"type":"chat","content":"hi","id":"later"}""", new BasicProperties { ReplyTo = "unroutable.later" });
        await Eventually.HoldsAsync("both were refused", async () =>
            (await rig.Outbox.ListAsync(parked: false, 10)).Count(owed => owed.Reason.Contains("has no queue", StringComparison.Ordinal)) == 2);
        await client.Channel.QueueDeclareAsync("unroutable.later", durable: true, exclusive: false, autoDelete: false);

        Assert.Equal("later", (await client.TakeAsync("unroutable.later")).Text("id"));
        var dead = await client.TakeAsync(rig.Dead);
        Assert.Equal("never", dead.Text("id"));
        Assert.Equal("nowhere", dead.Header("x-actorllm-reply-to"));
        Assert.Contains("refused 3 times", dead.Header("x-actorllm-reason"), StringComparison.Ordinal);
        await Eventually.HoldsAsync("nothing is owed", async () => (await rig.Outbox.ListAsync(parked: false, 10)).Count == 0);
    }

    [RabbitMqFact]
    public async Task A_full_reply_queue_holds_its_replies_back_until_there_is_room()
    {
        await using var rig = await Rig.StartAsync(broker.Server, "full");
        await using var client = await rig.ClientAsync();
        await client.Channel.QueueDeclareAsync("full.small", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>
        {
            ["x-max-length"] = 1,
            ["x-overflow"] = "reject-publish",
        });

        foreach (var id in new[] { "a", "b" })
            await client.SendAsync("full", $$"""{"type":"chat","content":"hi","id":"{{id}}"}""", new BasicProperties { ReplyTo = "full.small" });
        await client.SendAsync("full", """{"type":"chat","content":"hi","id":"elsewhere"}""");
        Assert.Equal("elsewhere", (await client.TakeAsync(rig.Replies)).Text("id"));
        await Eventually.HoldsAsync("one was not taken", async () =>
            (await rig.Outbox.ListAsync(parked: false, 10)).Count(owed => owed.Reason.Contains("did not take it", StringComparison.Ordinal)) == 1);

        var ids = new[] { (await client.TakeAsync("full.small")).Text("id"), (await client.TakeAsync("full.small")).Text("id") };
        Assert.Equal(["a", "b"], ids.Order());
    }

    [RabbitMqFact]
    public async Task A_conversation_that_may_have_no_more_pending_turns_holds_its_messages_back_and_no_others()
    {
        await using var rig = await Rig.StartAsync(
            broker.Server, "pending", cluster: options => options.Conversations = new ConversationPolicy { MaxPendingTurns = 1 });
        await using var client = await rig.ClientAsync();
        var talk = new BasicProperties { Headers = new Dictionary<string, object?> { ["x-actorllm-conversation"] = "talk" } };

        for (var number = 1; number <= 3; number++)
            await client.SendAsync("pending", $$"""{"type":"chat","content":"hi {{number}} [[reply total=1500]]","id":"{{number}}"}""", talk);
        await client.SendAsync("pending", """{"type":"chat","content":"hi","id":"other"}""");

        var ids = new List<string>();
        for (var number = 0; number < 4; number++) ids.Add((await client.TakeAsync(rig.Replies)).Text("id"));
        Assert.Equal(["other", "1", "2", "3"], ids);
    }

    [RabbitMqFact]
    public async Task A_message_may_have_its_reply_sent_to_a_url()
    {
        var port = LoopbackPorts.Free()[0];
        using var receiver = new HttpListener();
        receiver.Prefixes.Add($"http://127.0.0.1:{port}/");
        receiver.Start();
        await using var rig = await Rig.StartAsync(broker.Server, "hooked", cluster: options =>
            (options.Webhooks.AllowedHosts, options.Webhooks.Secret) = (["127.0.0.1"], "whsec_" + Convert.ToBase64String(new byte[24])));
        await using var client = await rig.ClientAsync();

        await client.SendAsync("hooked", """{"type":"chat","content":"hi","id":"h"}""", new BasicProperties
        {
            Headers = new Dictionary<string, object?> { ["x-actorllm-webhook"] = $"http://127.0.0.1:{port}/here" },
        });
        var context = await receiver.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(60));
        using var reader = new StreamReader(context.Request.InputStream);
        var body = await reader.ReadToEndAsync();
        context.Response.Close();

        Assert.Contains("\"status\":\"success\"", body, StringComparison.Ordinal);
        await Eventually.HoldsAsync("nothing is owed", async () => (await rig.Outbox.ListAsync(parked: false, 10)).Count == 0);
        Assert.Equal(0u, await client.CountAsync(rig.Replies));
    }

    [RabbitMqFact]
    public async Task A_queue_that_is_deleted_is_made_again()
    {
        await using var rig = await Rig.StartAsync(broker.Server, "gone");
        await using var client = await rig.ClientAsync();

        await client.Channel.QueueDeleteAsync("gone");
        await Eventually.HoldsAsync("the bridge noticed", () => !rig.Health.Check().Connected);
        await rig.ConnectedAsync();
        await client.SendAsync("gone", """{"type":"chat","content":"hi","id":"again"}""");

        Assert.Equal("again", (await client.TakeAsync(rig.Replies)).Text("id"));
    }

    [RabbitMqFact]
    public async Task Wrong_credentials_are_said_and_the_cluster_goes_on_without_the_bridge()
    {
        await using var rig = await Rig.StartAsync(broker.Server, "secret", options => options.Url = broker.Server.UrlOf("guest", "wr0ng-pass"));

        await Eventually.HoldsAsync("the refusal is known", () => rig.Health.Check().Reason.Contains("refused the user or the password", StringComparison.Ordinal));

        Assert.False(rig.Health.Check().Connected);
        Assert.DoesNotContain("wr0ng-pass", rig.Health.Check().Reason, StringComparison.Ordinal);
        var answer = await rig.Conversations.CompleteAsync(new(ConversationId.Of("direct"), TurnId.Parse("t"), TurnContent.Of("hello")));
        Assert.IsType<Outcome.Committed>(answer.Outcome);
    }

    [RabbitMqFact]
    public async Task A_python_program_written_with_pika_talks_to_it_unchanged()
    {
        await using var server = await TestRabbitMq.StartAsync();
        await using var rig = await Rig.StartAsync(server, "llm_queue", options =>
            (options.ReplyQueue, options.Durable, options.Types) = ("llm_reply_queue", false, new Dictionary<string, string> { ["text"] = "" }));
        await rig.ConnectedAsync();

        var result = await CommandRunner.RunAsync([Python, Path.Combine(AppContext.BaseDirectory, "article.py"), $"{server.Port}", "25"])
            .WaitAsync(TimeSpan.FromSeconds(60));

        Assert.True(result.ExitCode == 0, result.Output);
        var lines = result.Output.Split('\n');
        Assert.Equal(Enumerable.Range(0, 25), lines.Select(line => int.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)).Order());
        Assert.All(lines, line => Assert.Contains($"success [simulator] You said: Hello, this is message {line.Split(' ')[0]}", line, StringComparison.Ordinal));
    }

    // Debian's python3-pika is for Debian's own interpreter.
    private static string Python => File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
}
