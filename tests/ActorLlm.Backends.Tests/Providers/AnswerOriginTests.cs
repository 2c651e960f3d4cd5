using ActorLlm.Backends.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends.Tests.Providers;

public class AnswerOriginTests
{
    [Theory]
    [InlineData("\"system_fingerprint\":\"fp_1\",\"service_tier\":\"flex\"", "fp_1", "flex")]
    [InlineData("\"system_fingerprint\":null,\"service_tier\":null", null, null)]
    [InlineData("\"model\":\"m\"", null, null)]
    public async Task What_a_provider_says_of_where_its_answer_was_made_is_known(string members, string? fingerprint, string? tier)
    {
        await using HttpHost host = await HttpHost.Answering(context =>
        {
            context.Response.ContentType = "text/event-stream";
            return context.Response.WriteAsync(
                $$"""data: {"id":"c","object":"chat.completion.chunk","created":1,{{members}},"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}"""
                + "\n\ndata: [DONE]\n\n");
        });
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        List<AnswerOrigin> origins = [];
        await foreach (ChatResponseUpdate update in catalog.Resolve().Client.GetStreamingResponseAsync("hello"))
            origins.Add(AnswerOrigin.Of(update));
        Assert.Equal(fingerprint, origins.Select(origin => origin.SystemFingerprint).FirstOrDefault(text => text is not null));
        Assert.Equal(tier, origins.Select(origin => origin.ServiceTier).FirstOrDefault(text => text is not null));
    }
}
