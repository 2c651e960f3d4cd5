using System.ClientModel;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace ActorLlm.Backends.Tests.Failures;

public class BackendFailuresTests
{
    public static TheoryData<Exception, BackendFailureKind> Exceptions => new()
    {
        { new HttpRequestException("refused", new SocketException(111)), BackendFailureKind.Provider },
        { new HttpRequestException("status", null, HttpStatusCode.TooManyRequests), BackendFailureKind.Provider },
        { new HttpRequestException("status", null, HttpStatusCode.NotFound), BackendFailureKind.Content },
        { new HttpIOException(HttpRequestError.ResponseEnded), BackendFailureKind.Provider },
        { new IOException("reset"), BackendFailureKind.Provider },
        { new FileNotFoundException("no file of a provider"), BackendFailureKind.Content },
        { new SocketException(104), BackendFailureKind.Provider },
        { new TimeoutException(), BackendFailureKind.Provider },
        { new TaskCanceledException("time-out of an HttpClient"), BackendFailureKind.Provider },
        { new JsonException("not JSON"), BackendFailureKind.Provider },
        { new ClientResultException("no answer", innerException: new HttpRequestException("refused")), BackendFailureKind.Provider },
        { new AggregateException(new InvalidOperationException(), new TimeoutException()), BackendFailureKind.Provider },
        { new InvalidOperationException("wrapped", new JsonException()), BackendFailureKind.Provider },
        { new InvalidOperationException("something else"), BackendFailureKind.Content },
        { new NotSupportedException(), BackendFailureKind.Content },
    };

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void An_exception_is_the_contents_or_the_providers_fault(Exception exception, BackendFailureKind kind) =>
        Assert.Equal(kind, BackendFailures.Classify(exception).Kind);

    [Fact]
    public void Something_unexpected_is_named_by_its_type_and_not_by_its_message()
    {
        BackendFailure failure = BackendFailures.Classify(new InvalidOperationException("password=secret"));
        Assert.Contains("InvalidOperationException", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_already_classified_stays_what_it_is_even_when_wrapped()
    {
        var failure = new BackendFailure(BackendFailureKind.Provider, "busy", 429, TimeSpan.FromSeconds(3));
        Assert.Same(failure, BackendFailures.Classify(new InvalidOperationException("outer", new BackendException(failure))));
    }

    [Theory]
    [InlineData(400, BackendFailureKind.Content)]
    [InlineData(401, BackendFailureKind.Provider)]
    [InlineData(402, BackendFailureKind.Provider)]
    [InlineData(404, BackendFailureKind.Content)]
    [InlineData(408, BackendFailureKind.Provider)]
    [InlineData(413, BackendFailureKind.Content)]
    [InlineData(429, BackendFailureKind.Provider)]
    [InlineData(451, BackendFailureKind.Content)]
    [InlineData(500, BackendFailureKind.Provider)]
    [InlineData(529, BackendFailureKind.Provider)]
    public void A_status_is_the_contents_or_the_providers_fault(int status, BackendFailureKind kind)
    {
        BackendFailure failure = BackendFailures.FromStatus(status);
        Assert.Equal((kind, status), (failure.Kind, failure.StatusCode));
        Assert.Contains($"HTTP {status}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_providers_reason_is_shown_in_one_line_without_keys_and_addresses()
    {
        string detail = "Bad\nvalue for sk-proj-abcdefgh1234 at https://internal.example/x?y=1\u0007 and Bearer abc.def";
        string message = BackendFailures.FromStatus(400, detail: detail).Message;
        Assert.Equal("The backend refused the request: Bad value for *** at *** and *** (HTTP 400)", message);
    }

    [Fact]
    public void A_long_reason_is_cut()
    {
        Assert.True(BackendFailures.FromStatus(400, detail: new string('x', 10_000)).Message.Length <= 400);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(500)]
    public void Reasons_about_keys_or_the_providers_troubles_are_not_shown(int status) =>
        Assert.DoesNotContain("detail", BackendFailures.FromStatus(status, detail: "detail").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("2", null, null, 2_000)]
    [InlineData("0", null, null, 0)]
    [InlineData("2", "250", null, 250)]
    [InlineData("1.5", null, null, 1_500)]
    [InlineData("99999999", null, null, 86_400_000)]
    [InlineData("Wed, 01 Jan 2025 00:00:30 GMT", null, null, 30_000)]
    [InlineData("Wed, 01 Jan 2025 00:00:30 GMT", null, "Wed, 01 Jan 2025 00:00:20 GMT", 10_000)]
    [InlineData("Tue, 31 Dec 2024 00:00:00 GMT", null, null, 0)]
    [InlineData("-2", null, null, null)]
    [InlineData("soon", null, null, null)]
    [InlineData("NaN", "Infinity", null, null)]
    [InlineData(null, null, null, null)]
    public void Retry_after_is_read_as_milliseconds_seconds_or_date(string? retryAfter, string? retryAfterMs, string? date, int? expected)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero));
        TimeSpan? read = RetryAfter.Read(
            name => name switch { "Retry-After" => retryAfter, "retry-after-ms" => retryAfterMs, "Date" => date, _ => null }, clock);
        Assert.Equal(expected, (int?)read?.TotalMilliseconds);
    }
}
