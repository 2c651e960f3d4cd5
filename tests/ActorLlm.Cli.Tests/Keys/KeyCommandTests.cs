using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using ActorLlm.Testing;

namespace ActorLlm.Cli.Tests.Keys;

public sealed partial class KeyCommandTests
{
    [Theory]
    [InlineData("acme", "key", "new", "--tenant", "acme")]
    [InlineData("default", "key", "new")]
    public async Task A_new_key_is_printed_once_with_the_settings_of_its_hash(string tenant, params string[] args)
    {
        var (exitCode, output, error) = await RunAsync(args);

        Assert.Equal((ExitCode.Success, ""), (exitCode, error));
        Assert.Single(Key().Matches(output));
        Assert.Equal(["ActorLlm__Gateway__ApiKeys__0__Tenant", "ActorLlm__Gateway__ApiKeys__0__Hash"], Settings(output).Keys);
        Assert.Equal(tenant, Settings(output)["ActorLlm__Gateway__ApiKeys__0__Tenant"]);
        Assert.Matches("^sha256:[0-9a-f]{64}$", Settings(output)["ActorLlm__Gateway__ApiKeys__0__Hash"]);
        Assert.Contains("ActorLlm:Admin:Keys:0:Hash", output, StringComparison.Ordinal);
        Assert.NotEqual(Key().Match(output).Value, Key().Match((await RunAsync(args)).Output).Value);
    }

    [Fact]
    public async Task A_node_with_the_printed_settings_lets_in_who_has_the_printed_key_and_nobody_else()
    {
        using var folder = new TempFolder();
        var (_, output, _) = await RunAsync(["key", "new", "--tenant", "~!$a&\"':*"]);
        await using var node = await NodeProcess.StartReadyAsync(new Dictionary<string, string>(Settings(output))
        {
            ["ActorLlm:Sqlite"] = folder.Of("actorllm.db"),
            ["ActorLlm:Backends:main:Type"] = "Simulator",
        });
        using var client = new HttpClient { BaseAddress = new Uri(node.Address, "v1/") };

        Assert.Equal(HttpStatusCode.Unauthorized, await ModelsAsync(null));
        Assert.Equal(HttpStatusCode.Unauthorized, await ModelsAsync("sk-al-another"));
        Assert.Equal(HttpStatusCode.OK, await ModelsAsync(Key().Match(output).Value));

        async Task<HttpStatusCode> ModelsAsync(string? key)
        {
            client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
            using var answer = await client.GetAsync(new Uri("models", UriKind.Relative));
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("gr\u00fcn")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task A_tenant_that_no_node_would_take_is_refused(string tenant)
    {
        var (exitCode, output, error) = await RunAsync(["key", "new", "--tenant", tenant]);

        Assert.Equal((ExitCode.Usage, ""), (exitCode, output));
        Assert.Contains($"--tenant is '{tenant}': give 1 to 64 visible ASCII characters without a slash.", error, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Settings(string output) => Setting().Matches(output).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var exitCode = await CommandLine.RunAsync(args, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }

    [GeneratedRegex("sk-al-[A-Za-z0-9_-]{43}")]
    private static partial Regex Key();

    [GeneratedRegex("^  (ActorLlm__[A-Za-z0-9_]+)=(.*)$", RegexOptions.Multiline)]
    private static partial Regex Setting();
}
