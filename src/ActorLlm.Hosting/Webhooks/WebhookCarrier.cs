using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Delivery;
using Microsoft.Extensions.Options;

namespace ActorLlm.Hosting;

/// <summary>Sends replies to URLs. A receiver that is away is asked rarely, whatever it is owed, so that it takes no deliveries from others.</summary>
internal sealed class WebhookCarrier : IReplyCarrier, IWebhooks, IDisposable
{
    private const string CarrierName = "webhook";
    private static readonly TimeSpan RetryMin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryMax = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan HostRetryMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HostRetryMax = TimeSpan.FromSeconds(30);

    private readonly WebhookOptions _options;
    private readonly TimeProvider _time;
    private readonly byte[] _key;
    private readonly HttpClient _http;
    private readonly ConcurrentDictionary<string, (int Failures, DateTimeOffset Until)> _away = new(StringComparer.OrdinalIgnoreCase);

    public WebhookCarrier(IOptions<ActorLlmOptions> options, TimeProvider time)
    {
        _options = options.Value.Webhooks;
        _time = time;
        _key = WebhookSignature.KeyOf(_options.Secret) ?? [];
        _http = new HttpClient(new SocketsHttpHandler
        {
            // A redirect would lead past the rules for URLs; a proxy, past those for addresses.
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = ConnectAsync,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        { Timeout = _options.Timeout };
        Rule = new OutboxRule(_options.MaxAttempts, RetryMin, RetryMax);
    }

    public string Name => CarrierName;

    public bool Ready => _options.AllowedHosts.Count > 0;

    public OutboxRule Rule { get; }

    public string? Refuse(string url) => Ready
        ? WebhookAddress.Problem(url, _options.AllowedHosts)
        : "Webhooks are off; an operator turns them on by ActorLlm:Webhooks:AllowedHosts.";

    public ReplyTarget To(string url) => new(CarrierName, url);

    public async Task<Carriage> CarryAsync(OwedReply owed, TurnSettled settled, CancellationToken cancellationToken)
    {
        // The rules may have changed since.
        if (Refuse(owed.Target.Address) is { } refused) return new Carriage.Refused(refused);
        var url = new Uri(owed.Target.Address);
        var now = _time.GetUtcNow();
        if (_away.TryGetValue(url.Authority, out var away) && away.Until > now)
            return new Carriage.Later($"The host {url.Authority} does not answer.", away.Until - now);
        try
        {
            using var request = RequestOf(owed, settled, url);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            _away.TryRemove(url.Authority, out _);
            return response.IsSuccessStatusCode ? new Carriage.Delivered() : new Carriage.Refused($"The receiver answered {(int)response.StatusCode}.");
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && error is HttpRequestException or OperationCanceledException or IOException)
        {
            _away.AddOrUpdate(url.Authority, _ => AwayAfter(1), (_, before) => AwayAfter(before.Failures + 1));
            return new Carriage.Refused(error is OperationCanceledException
                ? $"The receiver did not answer within {_options.Timeout}."
                : $"The receiver was not reached: {(error.InnerException as SocketException ?? error).Message.ReplaceLineEndings(" ")}");
        }
    }

    public Task<bool> PutAsideAsync(OwedReply owed, TurnSettled settled, string reason, CancellationToken cancellationToken) => Task.FromResult(false);

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage RequestOf(OwedReply owed, TurnSettled settled, Uri url)
    {
        var body = BodyOf(settled);
        var (id, at) = ($"msg_{owed.Id}", _time.GetUtcNow());
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Of(_key, id, at, body));
        return request;
    }

    private static byte[] BodyOf(TurnSettled settled)
    {
        var (status, result) = settled.Outcome switch
        {
            Outcome.Committed { Reply: var reply } => ("success", reply.Spoken),
            Outcome.Failed { Reason: var reason } => ("error", reason),
            Outcome.Cancelled => ("error", "The turn was cancelled."),
            _ => ("success", ""),
        };
        return JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>
        {
            ["status"] = status,
            ["result"] = result,
            ["id"] = settled.Turn.Value,
            ["conversation"] = settled.Conversation.Name,
        });
    }

    private (int Failures, DateTimeOffset Until) AwayAfter(int failures) =>
        (failures, _time.GetUtcNow() + Backoff.Delay(failures, HostRetryMin, HostRetryMax, Ids.Jitter()));

    // Here and not before: a name may have another address by the time it is connected to.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        IPAddress[] allowed = WebhookAddress.IsNamed(context.InitialRequestMessage.RequestUri!, _options.AllowedHosts)
            ? addresses
            : [.. addresses.Where(WebhookAddress.IsPublic)];
        if (allowed.Length == 0) throw new HttpRequestException($"{host} has a private address; only a host that ActorLlm:Webhooks:AllowedHosts names itself may have one.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
