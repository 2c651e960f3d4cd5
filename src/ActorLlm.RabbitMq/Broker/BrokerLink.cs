using ActorLlm.Domain.Delivery;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ActorLlm.RabbitMq.Broker;

/// <summary>What the broker did with something that was published.</summary>
internal enum Publication
{
    /// <summary>It has it, on disk where queue and message are durable.</summary>
    Confirmed,

    /// <summary>There is no such queue.</summary>
    Unroutable,

    /// <summary>It did not take it, as where a queue is full.</summary>
    Refused,

    /// <summary>It did not answer, or there is no connection.</summary>
    Unknown,
}

/// <summary>Keeps a session to the broker open, and publishes over it.</summary>
internal sealed partial class BrokerLink(IOptions<RabbitMqOptions> options, TimeProvider time, ILogger<BrokerLink> log)
{
    private static readonly TimeSpan RetryMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ConfirmPatience = TimeSpan.FromSeconds(20);

    private volatile BrokerSession? _session;
    private volatile string _problem = "not connected yet";

    /// <summary>Whether there is a session.</summary>
    public bool IsOpen => _session is not null;

    /// <summary>What keeps it from being open, for people; without the password.</summary>
    public string Problem => _problem;

    /// <summary>Says why no session is wanted.</summary>
    public void Waits(string reason) => _problem = reason.TrimEnd('.');

    /// <summary>Keeps sessions open until it is cancelled.</summary>
    /// <param name="receive">Called for each message.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(Action<Delivery> receive, CancellationToken stop)
    {
        var failures = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var session = await BrokerSession.OpenAsync(options.Value, stop).ConfigureAwait(false);
                await using var closing = session.ConfigureAwait(false);
                await session.ConsumeAsync(receive, stop).ConfigureAwait(false);
                _session = session;
                failures = 0;
                LogOpen(log, Place, options.Value.Queue);
                _problem = await session.Broken.WaitAsync(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                _problem = ProblemOf(error);
            }
            finally
            {
                _session = null;
            }

            var pause = Backoff.Delay(++failures, RetryMin, RetryMax, Ids.Jitter());
            LogClosed(log, Place, _problem, pause);
            await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Publishes to a queue, and waits until the broker says what it did.</summary>
    public async Task<Publication> PublishAsync(string queue, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (_session is not { } session) return Publication.Unknown;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Ended);
        patience.CancelAfter(ConfirmPatience);
        try
        {
            await session.Publishing.BasicPublishAsync("", queue, mandatory: true, properties, body, patience.Token).ConfigureAwait(false);
            return Publication.Confirmed;
        }
        catch (PublishReturnException)
        {
            return Publication.Unroutable;
        }
        catch (PublishException)
        {
            return session.Ended.IsCancellationRequested ? Publication.Unknown : Publication.Refused;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested
            && error is OperationCanceledException or RabbitMQClientException or ObjectDisposedException or IOException)
        {
            return Publication.Unknown;
        }
    }

    private string Place
    {
        get
        {
            var url = new Uri(options.Value.Url);
            return $"{url.Host}:{(url.Port > 0 ? url.Port : AmqpTcpEndpoint.UseDefaultPort)}{url.AbsolutePath.TrimEnd('/')}";
        }
    }

    private static string ProblemOf(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is PossibleAuthenticationFailureException or AuthenticationFailureException)
                return $"the broker refused the user or the password of {RabbitMqOptions.Section}:Url ({OneLine(cause.Message)})";
            if (cause is OperationInterruptedException { ShutdownReason: { } reason }) return OneLine(reason.ReplyText);
            if (cause is System.Net.Sockets.SocketException) return OneLine(cause.Message);
        }

        return OneLine(error.Message);
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    [LoggerMessage(EventId = 600, Level = LogLevel.Information, Message = "RabbitMQ at {Place}: connected; takes messages from '{Queue}'")]
    private static partial void LogOpen(ILogger log, string place, string queue);

    [LoggerMessage(EventId = 601, Level = LogLevel.Warning, Message = "RabbitMQ at {Place}: {Problem}. Nothing is lost; tried again in {Pause}")]
    private static partial void LogClosed(ILogger log, string place, string problem, TimeSpan pause);
}
