using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ActorLlm.Inspection;

namespace ActorLlm.Cli.Admin;

/// <summary>Asks the admin endpoint of one node, or of the next where that one cannot be reached or cannot answer.</summary>
/// <param name="urls">The endpoints, in the order in which they are tried.</param>
/// <param name="key">The key to bring; null for none.</param>
internal sealed class AdminClient(IReadOnlyList<Uri> urls, string? key) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(NodeHttp.Handler(urls, ConnectTimeout))
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key) },
    };

    /// <summary>GET.</summary>
    /// <param name="path">The path with its query, one of <see cref="AdminApi"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UserErrorException">No endpoint gave it; one line says why and what to try.</exception>
    public Task<AdminAnswer> GetAsync(string path, CancellationToken cancellationToken) =>
        InTurnAsync(url => new HttpRequestMessage(HttpMethod.Get, new Uri(url, path.TrimStart('/'))), path, AnswerTimeout, ReadAsync, cancellationToken);

    /// <summary>POST. All orders may be given twice, so one whose answer was lost is given to the next node.</summary>
    /// <param name="path">The path, one of <see cref="AdminApi"/>.</param>
    /// <param name="order">What to do.</param>
    /// <param name="patience">How long the node itself may wait before it answers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UserErrorException">No endpoint took it; one line says why and what to try.</exception>
    public Task<AdminAnswer> PostAsync<T>(string path, T order, TimeSpan patience, CancellationToken cancellationToken) => InTurnAsync(
        url => new HttpRequestMessage(HttpMethod.Post, new Uri(url, path.TrimStart('/'))) { Content = JsonContent.Create(order, options: AdminApi.Json) },
        path, AnswerTimeout + patience, ReadAsync, cancellationToken);

    /// <summary>Copies the lines of what may be too long to be held.</summary>
    /// <param name="path">The path with its query.</param>
    /// <param name="write">Takes each line.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Uri> CopyAsync(string path, Func<string, Task> write, CancellationToken cancellationToken) => InTurnAsync(
        url => new HttpRequestMessage(HttpMethod.Get, new Uri(url, path.TrimStart('/'))), path, Timeout.InfiniteTimeSpan,
        async (url, response, stop) =>
        {
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(stop));
            while (await NextAsync(url, lines, stop) is { } line)
            {
                try
                {
                    await write(line);
                }
                catch (IOException problem)
                {
                    // This side's own: another node would only be asked to begin again behind what is written.
                    throw new UserErrorException($"What came cannot be written ({problem.Message}).", innerException: problem);
                }
            }

            return url;
        },
        cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<T> InTurnAsync<T>(
        Func<Uri, HttpRequestMessage> ask, string path, TimeSpan timeout, Func<Uri, HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        var problems = new List<UserErrorException>();
        foreach (var url in urls)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (timeout != Timeout.InfiniteTimeSpan) limit.CancelAfter(timeout);
            try
            {
                using var request = ask(url);
                using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                if (response.IsSuccessStatusCode) return await read(url, response, limit.Token);
                var problem = await AdminProblem.OfAsync(url, path, response, key is not null, limit.Token);
                // Another node says the same of everything but its own standing.
                if (problem.ExitCode is not (ExitCode.Unreachable or ExitCode.Unavailable)) throw problem;
                problems.Add(problem);
            }
            catch (HttpRequestException problem)
            {
                problems.Add(AdminProblem.Of(url, problem));
            }
            catch (IOException problem)
            {
                problems.Add(new UserErrorException($"{AdminProblem.Name(url)} broke off its answer ({problem.Message}): try again.", ExitCode.Unreachable, problem));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                problems.Add(new UserErrorException($"{AdminProblem.Name(url)} did not answer within {timeout.TotalSeconds:0} s: its node may be halted or cut off. Try another node with --admin.", ExitCode.Unreachable));
            }
        }

        throw problems.Count == 1
            ? problems[0]
            : new UserErrorException(string.Join(Environment.NewLine + "          ", problems.Select(problem => problem.Message)), problems.Max(problem => problem.ExitCode));
    }

    private static async Task<string?> NextAsync(Uri url, StreamReader lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.ReadLineAsync(cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or HttpRequestException)
        {
            // It is not asked for at the next node: a part of it is written.
            throw new UserErrorException($"{AdminProblem.Name(url)} broke off ({NodeHttp.Reason(problem)}): what was written is not whole. Try again.", innerException: problem);
        }
    }

    private static async Task<AdminAnswer> ReadAsync(Uri url, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (response.StatusCode == HttpStatusCode.NoContent || text.Length == 0) return new AdminAnswer(url, "{}");
        return response.Content.Headers.ContentType?.MediaType == "application/json" ? new AdminAnswer(url, text) : throw AdminProblem.NoEndpoint(url, "an answer that is not JSON");
    }
}

/// <summary>What an admin endpoint answered.</summary>
/// <param name="Url">The endpoint.</param>
/// <param name="Json">Its JSON as it came.</param>
internal sealed record AdminAnswer(Uri Url, string Json)
{
    // What a record cannot be without has to be there: something else that answers with JSON is not to be shown as an empty cluster.
    private static readonly JsonSerializerOptions Strict = new(AdminApi.Json)
    {
        RespectNullableAnnotations = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver
        {
            Modifiers =
            {
                type =>
                {
                    foreach (var property in type.Properties) property.IsRequired = !property.PropertyType.IsValueType && !property.IsSetNullable;
                },
            },
        },
    };

    public T Read<T>()
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Json, Strict) ?? throw new JsonException("null");
        }
        catch (JsonException problem)
        {
            throw new UserErrorException(
                $"{AdminProblem.Name(Url)} answered what this version of actorllm cannot read: use the version of the nodes, or --json.", innerException: problem);
        }
    }
}
