using System.Net;
using System.Net.Sockets;
using ActorLlm.Backends;
using ActorLlm.Domain.Images;
using Microsoft.Extensions.AI;

namespace ActorLlm.Cluster.Images;

/// <summary>
/// Reads images at addresses that clients name: of allowed hosts, and of the public internet alone. A host's name is resolved here, every address it has is looked at,
/// and the connection goes to one of these, so that another answer of the DNS a moment later changes nothing. Redirects are followed by the same rules.
/// </summary>
internal sealed class ImageFetcher : IDisposable
{
    private const int MaxRedirects = 3;
    private const int BufferBytes = 64 * 1024;

    private readonly ImageOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public ImageFetcher(ImageOptions options, TimeProvider time)
        : this(options, time, Dns.GetHostAddressesAsync, ConnectAsync)
    {
    }

    /// <param name="options">What may be read.</param>
    /// <param name="time">The clock.</param>
    /// <param name="resolve">Gives a host's addresses.</param>
    /// <param name="connect">Connects to one that was looked at.</param>
    internal ImageFetcher(
        ImageOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        Func<IPEndPoint, CancellationToken, Task<Stream>> connect)
    {
        _options = options;
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // A proxy would resolve the name by itself.
            UseProxy = false,
            // The next call looks at the addresses again.
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectCallback = async (context, stop) => await ConnectAsync(context.DnsEndPoint, resolve, connect, stop).ConfigureAwait(false),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Reads the images of one call, one after the other, within the bounds for all of them.</summary>
    public Reading Begin(CancellationToken stop) => new(this, stop);

    private async Task<DataContent> ReadAsync(Uri address, int left, CancellationToken stop)
    {
        for (var redirects = 0; ; redirects++)
        {
            if (Refusal(address) is { } refusal) throw Refused(refusal);
            using var response = await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
            if ((int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } location)
            {
                if (redirects == MaxRedirects) throw Refused($"The image at '{address.Host}' is behind more than {MaxRedirects} redirects.");
                var next = new Uri(address, location);
                if (address.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps)
                    throw Refused($"The image at '{address.Host}' redirects to an address that is not encrypted.");
                address = next;
                continue;
            }

            if (!response.IsSuccessStatusCode) throw Refused($"The image at '{address.Host}' cannot be read: its server answered {(int)response.StatusCode}.");
            if (response.Content.Headers.ContentLength > left) throw TooLarge(address);
            return Image(address, await BytesAsync(address, response.Content, left, stop).ConfigureAwait(false));
        }
    }

    private string? Refusal(Uri address) =>
        address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp ? "An image redirects to an address that is neither https: nor http:."
        : ImageRules.AddressError(address) is { } error ? error
        : _options.Allows(address) ? null
        : NotAllowed(address);

    /// <summary>What is said of a host that is not allowed.</summary>
    public static string NotAllowed(Uri address) =>
        $"Images at '{address.Authority}' are not allowed here. Send the image itself as a data: URL (data:image/png;base64,...), or have the operator add the host to ActorLlm:Images:AllowedHosts.";

    private async Task<byte[]> BytesAsync(Uri address, HttpContent content, int left, CancellationToken stop)
    {
        await using var body = await content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        using var bytes = new MemoryStream();
        var buffer = new byte[BufferBytes];
        while (await body.ReadAsync(buffer, stop).ConfigureAwait(false) is var read and > 0)
        {
            if (bytes.Length + read > left) throw TooLarge(address);
            bytes.Write(buffer, 0, read);
        }

        return bytes.ToArray();
    }

    private static DataContent Image(Uri address, byte[] bytes) => ImageRules.MediaTypeOf(bytes) is { } type
        ? new DataContent(bytes, type)
        : throw Refused($"What is at the image's address at '{address.Host}' is no image; expected is a PNG, JPEG, GIF or WebP file.");

    private BackendException TooLarge(Uri address) =>
        Refused($"The images of the request have more than {_options.MaxBytes} bytes, the most that is read (ActorLlm:Images:MaxBytes); the one at '{address.Host}' goes past that.");

    private static BackendException Refused(string reason) => new(new BackendFailure(BackendFailureKind.Content, reason));

    private static async Task<Stream> ConnectAsync(
        DnsEndPoint host, Func<string, CancellationToken, Task<IPAddress[]>> resolve, Func<IPEndPoint, CancellationToken, Task<Stream>> connect, CancellationToken stop)
    {
        var addresses = await resolve(host.Host, stop).ConfigureAwait(false);
        // One that is not public makes the others suspect.
        if (addresses.Length == 0 || !addresses.All(PublicAddress.IsPublic))
            throw Refused($"An image's URL points at '{host.Host}', which is not an address of the public internet.");
        for (var index = 0; ; index++)
        {
            try
            {
                return await connect(new IPEndPoint(addresses[index], host.Port), stop).ConfigureAwait(false);
            }
            catch (SocketException) when (index + 1 < addresses.Length)
            {
                // The next one may answer.
            }
        }
    }

    private static async Task<Stream> ConnectAsync(IPEndPoint address, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, stop).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The images of one call.</summary>
    internal sealed class Reading : IDisposable
    {
        private readonly ImageFetcher _fetcher;
        private readonly CancellationToken _caller;
        private readonly CancellationTokenSource _limit;
        private readonly CancellationTokenSource _stop;
        private int _left;

        public Reading(ImageFetcher fetcher, CancellationToken stop)
        {
            _fetcher = fetcher;
            _caller = stop;
            _left = fetcher._options.MaxBytes;
            _limit = new CancellationTokenSource(fetcher._options.Timeout, fetcher._time);
            _stop = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, stop);
        }

        /// <summary>Reads one image.</summary>
        /// <exception cref="BackendException">It cannot be read, or must not be; the message is for the client.</exception>
        public async Task<DataContent> ReadAsync(Uri address)
        {
            try
            {
                var image = await _fetcher.ReadAsync(address, _left, _stop.Token).ConfigureAwait(false);
                _left -= image.Data.Length;
                return image;
            }
            catch (HttpRequestException error) when (error.InnerException is BackendException refused)
            {
                throw refused;
            }
            catch (Exception error) when (error is HttpRequestException or IOException or SocketException)
            {
                throw new BackendException(new BackendFailure(BackendFailureKind.Content, $"The image at '{address.Host}' cannot be read: the connection failed."), error);
            }
            catch (OperationCanceledException) when (_limit.IsCancellationRequested && !_caller.IsCancellationRequested)
            {
                throw Refused($"The images of the request were not read within {_fetcher._options.Timeout} (ActorLlm:Images:Timeout); the one at '{address.Host}' took too long.");
            }
        }

        public void Dispose()
        {
            _stop.Dispose();
            _limit.Dispose();
        }
    }
}
