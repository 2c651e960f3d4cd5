using System.Text;
using System.Text.Json;
using ActorLlm.Hosting;
using ActorLlm.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace ActorLlm.RabbitMq.Tests;

/// <summary>One broker for the tests that leave it alone; each takes queues of its own.</summary>
public sealed class Broker : IAsyncLifetime
{
    public const string Collection = "broker";

    public TestRabbitMq Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (TestRabbitMq.Find() is not null) Server = await TestRabbitMq.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
    }
}

[CollectionDefinition(Broker.Collection)]
public sealed class BrokerDefinition : ICollectionFixture<Broker>;

/// <summary>A host with the bridge, as an embedding application has it, on the simulator and a SQLite file.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly IHost _host;
    private readonly TestRabbitMq _broker;

    private Rig(TestRabbitMq broker, string queue, Action<RabbitMqOptions>? configure, Action<ActorLlmOptions>? cluster)
    {
        (_broker, Queue) = (broker, queue);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ActorLlm:Backends:main:Type"] = "Simulator",
            ["ActorLlm:Backends:main:Models:0"] = "simulator",
            ["ActorLlm:Backends:main:Models:1"] = "other",
            ["ActorLlm:Backends:main:Simulator:TimeToFirstTokenMs"] = "1",
            ["ActorLlm:Backends:main:Simulator:InterTokenMs"] = "0",
        });
        builder.AddActorLlm(options =>
        {
            options.Sqlite = _folder.Of("test.db");
            cluster?.Invoke(options);
        });
        builder.AddRabbitMqBridge(options =>
        {
            (options.Url, options.Queue, options.ReplyQueue) = (broker.Url, queue, $"{queue}.replies");
            configure?.Invoke(options);
        });
        _host = builder.Build();
    }

    public string Queue { get; }

    public string Replies => $"{Queue}.replies";

    public string Dead => $"{Queue}.dead";

    public IServiceProvider Services => _host.Services;

    public IConversations Conversations => Services.GetRequiredService<IConversations>();

    public IReplyOutbox Outbox => Services.GetRequiredService<IReplyOutbox>();

    public IRabbitMqHealth Health => Services.GetRequiredService<IRabbitMqHealth>();

    public static async Task<Rig> StartAsync(
        TestRabbitMq broker, string queue, Action<RabbitMqOptions>? configure = null, Action<ActorLlmOptions>? cluster = null)
    {
        var rig = new Rig(broker, queue, configure, cluster);
        await rig._host.StartAsync();
        return rig;
    }

    public Task ConnectedAsync() => Eventually.HoldsAsync("the bridge is connected", () => Health.Check().Connected);

    /// <summary>A client's connection to the broker.</summary>
    public async Task<Client> ClientAsync()
    {
        await ConnectedAsync();
        return await Client.ConnectAsync(_broker);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _folder.Dispose();
    }
}

/// <summary>Sends messages and takes replies.</summary>
internal sealed class Client : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;

    private Client(IConnection connection, IChannel channel) => (_connection, _channel) = (connection, channel);

    public IChannel Channel => _channel;

    public static async Task<Client> ConnectAsync(TestRabbitMq broker)
    {
        var connection = await broker.ConnectAsync();
        return new Client(connection, await connection.CreateChannelAsync(new CreateChannelOptions(true, true)));
    }

    public async Task SendAsync(string queue, string body, BasicProperties? properties = null) =>
        await _channel.BasicPublishAsync("", queue, mandatory: true, properties ?? new BasicProperties(), Encoding.UTF8.GetBytes(body));

    /// <summary>Takes the queue's next message.</summary>
    public async Task<(JsonElement Body, IReadOnlyBasicProperties Properties)> TakeAsync(string queue)
    {
        BasicGetResult? got = null;
        await Eventually.HoldsAsync($"a message is in {queue}", async () => (got = await _channel.BasicGetAsync(queue, autoAck: true)) is not null);
        var text = Encoding.UTF8.GetString(got!.Body.Span);
        return (text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : JsonSerializer.SerializeToElement(text), got.BasicProperties);
    }

    public async Task<uint> CountAsync(string queue) => await _channel.MessageCountAsync(queue);

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}

internal static class Words
{
    public static string Text(this (JsonElement Body, IReadOnlyBasicProperties Properties) message, string name) => message.Body.GetProperty(name).ToString();

    public static string Header(this (JsonElement Body, IReadOnlyBasicProperties Properties) message, string name) =>
        Encoding.UTF8.GetString((byte[])message.Properties.Headers![name]!);
}

/// <summary>Waits for conditions, with a deadline that says what was waited for.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);

    public static Task HoldsAsync(string what, Func<bool> condition) => HoldsAsync(what, () => Task.FromResult(condition()));

    public static async Task HoldsAsync(string what, Func<Task<bool>> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Deadline, $"Not within {Deadline}: {what}");
            await Task.Delay(Poll);
        }
    }
}
