using System.Net;
using ActorLlm.Backends.Tests.Support;
using Microsoft.Extensions.Options;

namespace ActorLlm.Backends.Tests.Options;

public class BackendDefaultsTests
{
    private sealed class Probe(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        public Uri? Asked { get; private set; }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked = request.RequestUri;
            return answer(request);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new NotSupportedException("The probe is synchronous.");
    }

    private static Probe Ollama(string tags = """{"models":[{"name":"llama3:8b"},{"name":"qwen3"}]}""") =>
        new(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(tags) });

    private static Probe Nobody() => new(_ => throw new HttpRequestException("Connection refused"));

    private static Func<string, string?> Environment(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;

    [Fact]
    public void A_key_of_OpenAI_comes_first()
    {
        using Probe ollama = Ollama();
        BackendChoice choice = BackendDefaults.Choose(Environment(("OPENAI_API_KEY", "sk-1")), ollama);
        Assert.Equal((BackendType.OpenAI, "sk-1", null), (choice.Options.Type, choice.Options.ApiKey, choice.Options.Endpoint));
        Assert.Equal(["gpt-4o-mini", "gpt-4o"], choice.Options.Models);
        Assert.Contains("OPENAI_API_KEY is set", choice.Summary, StringComparison.Ordinal);
        Assert.Contains("ActorLlm:Backends:<name>:Type", choice.Summary, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-1", choice.Summary, StringComparison.Ordinal);
        Assert.Null(ollama.Asked);
    }

    [Fact]
    public void The_base_url_of_OpenAI_is_honoured()
    {
        using Probe nobody = Nobody();
        Func<string, string?> environment = Environment(("OPENAI_API_KEY", "k"), ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"));
        BackendChoice choice = BackendDefaults.Choose(environment, nobody);
        Assert.Equal("http://127.0.0.1:9/v1", choice.Options.Endpoint);
        Assert.Contains("http://127.0.0.1:9/v1", choice.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_base_url_that_is_none_is_told()
    {
        OptionsValidationException thrown = Assert.Throws<OptionsValidationException>(
            () => BackendDefaults.Choose(Environment(("OPENAI_API_KEY", "k"), ("OPENAI_BASE_URL", "nowhere"))));
        Assert.StartsWith("OPENAI_BASE_URL is 'nowhere': expected", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_in_an_address_is_never_shown()
    {
        OptionsValidationException thrown = Assert.Throws<OptionsValidationException>(
            () => BackendDefaults.Choose(Environment(("OPENAI_API_KEY", "k"), ("OPENAI_BASE_URL", "http://me:hidden@box/v1"))));
        Assert.StartsWith("OPENAI_BASE_URL holds a name or a password", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", thrown.Message, StringComparison.Ordinal);
        using Probe ollama = Ollama();
        BackendChoice choice = BackendDefaults.Choose(Environment(("OLLAMA_HOST", "http://me:hidden@box")), ollama);
        Assert.Equal("http://box/", choice.Options.Endpoint);
        Assert.Contains("an Ollama answers at http://box/,", choice.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void An_Ollama_that_answers_comes_next_with_its_models()
    {
        using Probe ollama = Ollama();
        BackendChoice choice = BackendDefaults.Choose(Environment(), ollama);
        Assert.Equal(new Uri("http://127.0.0.1:11434/api/tags"), ollama.Asked);
        Assert.Equal((BackendType.Ollama, "http://127.0.0.1:11434/"), (choice.Options.Type, choice.Options.Endpoint));
        Assert.Equal(["llama3:8b", "qwen3"], choice.Options.Models);
        Assert.Contains("an Ollama answers at http://127.0.0.1:11434/", choice.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("box", "http://box:11434/api/tags")]
    [InlineData("box:8000", "http://box:8000/api/tags")]
    [InlineData(":8000", "http://127.0.0.1:8000/api/tags")]
    [InlineData("0.0.0.0", "http://127.0.0.1:11434/api/tags")]
    [InlineData("https://box", "https://box/api/tags")]
    [InlineData("http://box:8000/", "http://box:8000/api/tags")]
    [InlineData("not an address", "http://127.0.0.1:11434/api/tags")]
    public void The_host_of_Ollama_is_read_as_Ollama_reads_it(string host, string asked)
    {
        using Probe ollama = Ollama();
        BackendDefaults.Choose(Environment(("OLLAMA_HOST", host)), ollama);
        Assert.Equal(new Uri(asked), ollama.Asked);
    }

    [Theory]
    [InlineData("""{"models":[]}""")]
    [InlineData("""{"models":"x"}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("<html/>")]
    public void Something_that_is_no_Ollama_with_a_model_is_passed_over(string tags)
    {
        using Probe other = Ollama(tags);
        Assert.Equal(BackendType.Simulator, BackendDefaults.Choose(Environment(), other).Options.Type);
    }

    [Fact]
    public void The_simulator_comes_last_and_says_what_it_is()
    {
        using Probe nobody = Nobody();
        BackendChoice choice = BackendDefaults.Choose(Environment(), nobody);
        Assert.Equal(BackendType.Simulator, choice.Options.Type);
        Assert.Equal(["simulator"], choice.Options.Models);
        Assert.Contains("its replies come from no language model", choice.Summary, StringComparison.Ordinal);
        Assert.Contains("ActorLlm:Backends:<name>:Type", choice.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_probe_over_the_network_finds_a_server_and_gives_up_on_one_that_hangs()
    {
        await using HttpHost there = await HttpHost.Answering("application/json", """{"models":[{"name":"tiny"}]}""");
        Assert.Equal(["tiny"], Choose(there, TimeSpan.FromSeconds(30)).Options.Models);
        await using HttpHost hanging = await HttpHost.Answering(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        Assert.Equal(BackendType.Simulator, Choose(hanging, TimeSpan.FromMilliseconds(100)).Options.Type);

        static BackendChoice Choose(HttpHost ollama, TimeSpan patience) =>
            BackendDefaults.Choose(Environment(("OLLAMA_HOST", ollama.Address.ToString())), probe: null, patience);
    }
}
