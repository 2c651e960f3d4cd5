using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ActorLlm.Backends.Tests.Options;

public class BackendOptionsTests
{
    private static IConfiguration Configuration(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
        .Build();

    private static BackendsOptions Read(params (string Key, string Value)[] settings)
    {
        using ServiceProvider services = new ServiceCollection().AddActorLlmBackends(Configuration(settings)).BuildServiceProvider();
        return services.GetRequiredService<IOptions<BackendsOptions>>().Value;
    }

    private static IEnumerable<string> Problems(params (string Key, string Value)[] settings) =>
        Assert.Throws<OptionsValidationException>(() => Read(settings)).Failures;

    private static string Problem(string setting, string value)
    {
        (string, string)[] sound =
        [
            ("ActorLlm:Backends:main:Type", "OpenAI"), ("ActorLlm:Backends:main:ApiKey", "k"), ("ActorLlm:Backends:main:Models", "gpt"),
        ];
        (string, string) changed = ($"ActorLlm:Backends:main:{setting}", value);
        return Assert.Single(Problems([.. sound.Where(pair => pair.Item1 != changed.Item1), changed]));
    }

    [Fact]
    public void Every_setting_of_a_backend_is_read()
    {
        BackendsOptions options = Read(
            ("ActorLlm:DefaultModel", "small"),
            ("ActorLlm:Backends:main:Type", "openai"),
            ("ActorLlm:Backends:main:Endpoint", "http://127.0.0.1:9/v1"),
            ("ActorLlm:Backends:main:ApiKey", "secret"),
            ("ActorLlm:Backends:main:Models:0", "large"),
            ("ActorLlm:Backends:main:Models:1", "small"),
            ("ActorLlm:Backends:main:Weight", "3"),
            ("ActorLlm:Backends:main:Concurrency", "7"),
            ("ActorLlm:Backends:main:InactivityTimeoutSeconds", "2.5"),
            ("ActorLlm:Backends:main:ResponseTimeoutSeconds", "30"));
        BackendOptions main = Assert.Single(options.Backends);
        Assert.Equal(("main", "OpenAI", "http://127.0.0.1:9/v1", "secret"), (main.Name, main.Type, main.Endpoint, main.ApiKey));
        Assert.Equal(["large", "small"], main.Models);
        Assert.Equal((3, 7, 2.5, 30), (main.Weight, main.Concurrency, main.InactivityTimeoutSeconds, main.ResponseTimeoutSeconds));
        Assert.Equal("small", options.DefaultModel);
        Assert.Contains("main (OpenAI at http://127.0.0.1:9/v1: large, small)", options.Summary, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", options.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Backends_take_images_unless_they_are_said_not_to_and_only_ollama_has_them_read_by_the_worker()
    {
        BackendsOptions options = Read(
            ("ActorLlm:Backends:a:Type", "OpenAI"), ("ActorLlm:Backends:a:ApiKey", "k"), ("ActorLlm:Backends:a:Models", "a"),
            ("ActorLlm:Backends:b:Type", "Ollama"), ("ActorLlm:Backends:b:Models", "b"),
            ("ActorLlm:Backends:c:Type", "Simulator"), ("ActorLlm:Backends:c:Images", "False"), ("ActorLlm:Backends:c:ImageUrls", "false"));

        Assert.Equal([("a", true, true), ("b", true, false), ("c", false, false)], options.Backends.Select(backend => (backend.Name, backend.Images, backend.ReadsImageUrls)));
        Assert.Equal("ActorLlm:Backends:main:Images is 'maybe': expected true or false.", Problem("Images", "maybe"));
        Assert.Contains(
            "ActorLlm:Backends:main:ImageUrls is true: Ollama cannot read images at addresses; leave it out, or set it to false.",
            Problems(("ActorLlm:Backends:main:Type", "Ollama"), ("ActorLlm:Backends:main:Models", "llava"), ("ActorLlm:Backends:main:ImageUrls", "true")));
    }

    [Fact]
    public void Every_setting_of_the_simulator_is_read()
    {
        BackendOptions main = Assert.Single(Read(
            ("ActorLlm:Backends:main:Type", "Simulator"),
            ("ActorLlm:Backends:main:Simulator:TimeToFirstTokenMs", "1"),
            ("ActorLlm:Backends:main:Simulator:TimeToFirstTokenDeviationMs", "2"),
            ("ActorLlm:Backends:main:Simulator:InterTokenMs", "3"),
            ("ActorLlm:Backends:main:Simulator:InterTokenDeviationMs", "4"),
            ("ActorLlm:Backends:main:Simulator:TotalMs", "5"),
            ("ActorLlm:Backends:main:Simulator:TotalDeviationMs", "6"),
            ("ActorLlm:Backends:main:Simulator:ReplyTokens", "7"),
            ("ActorLlm:Backends:main:Simulator:TokensPerChunk", "8"),
            ("ActorLlm:Backends:main:Simulator:Fault", "status=503 p=0.5"),
            ("ActorLlm:Backends:main:Simulator:Seed", "-9")).Backends);
        Assert.Equal(["simulator"], main.Models);
        Assert.Equal(
            (1, 2, 3, 4, 5, 6, 7, 8, "status=503 p=0.5", -9),
            (main.Simulator.TimeToFirstTokenMs, main.Simulator.TimeToFirstTokenDeviationMs, main.Simulator.InterTokenMs,
                main.Simulator.InterTokenDeviationMs, main.Simulator.TotalMs, main.Simulator.TotalDeviationMs, main.Simulator.ReplyTokens,
                main.Simulator.TokensPerChunk, main.Simulator.Fault, main.Simulator.Seed));
    }

    [Fact]
    public void Models_may_be_one_value_with_commas()
    {
        Assert.Equal(
            ["a", "b"],
            Read(("ActorLlm:Backends:main:Type", "Simulator"), ("ActorLlm:Backends:main:Models", "a, b")).Backends[0].Models);
    }

    [Theory]
    [InlineData("Type", "Bard", "ActorLlm:Backends:main:Type is 'Bard': expected one of OpenAI, AzureOpenAI, Ollama, Simulator.")]
    [InlineData("Type", "", "ActorLlm:Backends:main:Type is '': expected one of OpenAI, AzureOpenAI, Ollama, Simulator.")]
    [InlineData("Type", "Custom", "ActorLlm:Backends:main:Type is 'Custom': expected one of OpenAI, AzureOpenAI, Ollama, Simulator.")]
    [InlineData("Endpoint", "localhost:80",
        "ActorLlm:Backends:main:Endpoint is 'localhost:80': expected an absolute http or https address such as https://host/v1.")]
    [InlineData("Endpoint", "ftp://host",
        "ActorLlm:Backends:main:Endpoint is 'ftp://host': expected an absolute http or https address such as https://host/v1.")]
    [InlineData("Models", "",
        "ActorLlm:Backends:main:Models is empty: expected at least one model name, such as ActorLlm:Backends:main:Models:0.")]
    [InlineData("Models", "gpt,gpt", "ActorLlm:Backends:main:Models names 'gpt' more than once: expected each model once.")]
    [InlineData("Weight", "0", "ActorLlm:Backends:main:Weight is '0': expected a whole number from 1 to 1000.")]
    [InlineData("Weight", "1001", "ActorLlm:Backends:main:Weight is '1001': expected a whole number from 1 to 1000.")]
    [InlineData("Weight", "heavy", "ActorLlm:Backends:main:Weight is 'heavy': expected a whole number from 1 to 1000.")]
    [InlineData("Concurrency", "10001", "ActorLlm:Backends:main:Concurrency is '10001': expected a whole number from 1 to 10000.")]
    [InlineData("Concurrency", "1.5", "ActorLlm:Backends:main:Concurrency is '1.5': expected a whole number from 1 to 10000.")]
    [InlineData("InactivityTimeoutSeconds", "0",
        "ActorLlm:Backends:main:InactivityTimeoutSeconds is '0': expected a number from 1 to 3600.")]
    [InlineData("ResponseTimeoutSeconds", "NaN",
        "ActorLlm:Backends:main:ResponseTimeoutSeconds is 'NaN': expected a number from 1 to 86400.")]
    [InlineData("Simulator:InterTokenMs", "-1",
        "ActorLlm:Backends:main:Simulator:InterTokenMs is '-1': expected a number from 0 to 3600000.")]
    [InlineData("Simulator:ReplyTokens", "0",
        "ActorLlm:Backends:main:Simulator:ReplyTokens is '0': expected a whole number from 1 to 100000.")]
    public void A_wrong_value_is_told_with_its_key_the_value_and_what_is_allowed(string setting, string value, string problem) =>
        Assert.Equal(problem, Problem(setting, value));

    [Fact]
    public void A_misspelt_setting_is_told_with_those_that_exist()
    {
        string problem = Problem("Wieght", "2");
        Assert.StartsWith("ActorLlm:Backends:main:Wieght is not a setting: expected one of Type, Endpoint,", problem, StringComparison.Ordinal);
        Assert.StartsWith(
            "ActorLlm:Backends:main:Simulator:Fualt is not a setting: expected one of TimeToFirstTokenMs,", Problem("Simulator:Fualt", "x"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_fault_is_told_with_the_words_that_exist()
    {
        string problem = Problem("Simulator:Fault", "explode");
        Assert.StartsWith(
            "ActorLlm:Backends:main:Simulator:Fault is 'explode': 'explode' is not understood; expected one of status=400..599, hang,", problem,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Replies_that_are_not_there_are_told_by_their_setting() =>
        Assert.StartsWith(
            "ActorLlm:Backends:main:Simulator:Replies is 'no-such-file.json': expected a file with a JSON array of rules;",
            Problem("Simulator:Replies", "no-such-file.json"), StringComparison.Ordinal);

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        Assert.Equal(4, Problems(
            ("ActorLlm:DefaultModel", "none"),
            ("ActorLlm:Backends:a:Type", "Bard"),
            ("ActorLlm:Backends:a:Models", "x"),
            ("ActorLlm:Backends:b:Type", "Simulator"),
            ("ActorLlm:Backends:b:Weight", "0"),
            ("ActorLlm:Backends:b:Concurrency", "0")).Count());
    }

    [Theory]
    [InlineData("OpenAI", "ActorLlm:Backends:main:ApiKey is missing")]
    [InlineData("AzureOpenAI", "ActorLlm:Backends:main:Endpoint is missing")]
    public void What_a_provider_cannot_do_without_is_asked_for(string type, string problem) => Assert.Contains(
        Problems(("ActorLlm:Backends:main:Type", type), ("ActorLlm:Backends:main:Models", "m")),
        told => told.StartsWith(problem, StringComparison.Ordinal));

    [Fact]
    public void A_server_of_ones_own_needs_no_key() => Assert.Single(Read(
        ("ActorLlm:Backends:main:Type", "OpenAI"),
        ("ActorLlm:Backends:main:Endpoint", "http://127.0.0.1:8000/v1/model@2"),
        ("ActorLlm:Backends:main:Models", "m")).Backends);

    [Fact]
    public void A_default_model_that_nobody_serves_is_told_with_those_that_are() => Assert.Equal(
        "ActorLlm:DefaultModel is 'gpt-5', which no backend serves: expected one of simulator.",
        Assert.Single(Problems(("ActorLlm:DefaultModel", "gpt-5"), ("ActorLlm:Backends:main:Type", "Simulator"))));

    [Fact]
    public void A_key_that_no_header_can_carry_is_refused_without_being_shown()
    {
        string problem = Problem("ApiKey", "two words");
        Assert.StartsWith("ActorLlm:Backends:main:ApiKey holds a character", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("two words", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://me:hidden@host/v1")]
    [InlineData("https://hidden@host")]
    [InlineData("ftp://me:hidden@host")]
    [InlineData("me:hidden@host:80")]
    public void An_endpoint_with_a_password_is_refused_without_being_shown(string endpoint)
    {
        string problem = Problem("Endpoint", endpoint);
        Assert.StartsWith("ActorLlm:Backends:main:Endpoint holds a name or a password", problem, StringComparison.Ordinal);
        Assert.Contains("ApiKey", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_with_a_wrong_option_does_not_start()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddActorLlmBackends(Configuration(("ActorLlm:Backends:main:Type", "Bard"), ("ActorLlm:Backends:main:Models", "m")));
        using IHost host = builder.Build();
        OptionsValidationException thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains("expected one of OpenAI", Assert.Single(thrown.Failures), StringComparison.Ordinal);
    }
}
