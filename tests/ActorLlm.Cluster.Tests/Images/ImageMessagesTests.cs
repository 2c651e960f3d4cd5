using ActorLlm.Backends;
using ActorLlm.Cluster.Images;
using Microsoft.Extensions.AI;

namespace ActorLlm.Cluster.Tests.Images;

public sealed class ImageMessagesTests : IDisposable
{
    private static readonly DataContent Data = new("data:image/png;base64,iVBORw0KGgo=");
    private static readonly UriContent Address = new("https://example.com/cat.png", "image/*");

    private readonly ImageFetcher _fetcher = new(
        new ImageOptions(), TimeProvider.System, (_, _) => throw new InvalidOperationException("resolved"), (_, _) => throw new InvalidOperationException("connected"));

    public void Dispose() => _fetcher.Dispose();

    [Fact]
    public async Task A_backend_that_takes_them_as_they_are_is_given_them_as_they_are()
    {
        ChatMessage[] messages = [User(Data, Address)];

        Assert.Same(messages, await AdaptAsync(messages, takesImages: true, readsUrls: true));
    }

    [Fact]
    public async Task A_backend_that_takes_none_is_told_of_those_of_earlier_turns_and_the_rest_stays()
    {
        ChatMessage[] messages = [User(new TextContent("Look:"), Data), new(ChatRole.Assistant, "A cat."), new(ChatRole.User, "Which?")];

        var adapted = (await AdaptAsync(messages, takesImages: false, readsUrls: true)).ToArray();

        Assert.Equal(["Look:", "[an image, which is not shown to this model]"], adapted[0].Contents.Cast<TextContent>().Select(content => content.Text));
        Assert.Same(messages[2], adapted[2]);
        Assert.Same(Data, messages[0].Contents[1]);
    }

    [Fact]
    public async Task A_backend_that_takes_none_is_not_asked_about_an_image_that_it_never_sees()
    {
        var refused = await Assert.ThrowsAsync<BackendException>(() => AdaptAsync([User(Data)], takesImages: false, readsUrls: true));

        Assert.Equal(BackendFailureKind.Content, refused.Failure.Kind);
        Assert.Contains("No backend of the model 'm' takes images", refused.Message);
    }

    [Fact]
    public async Task An_image_at_an_address_that_may_not_be_read_fails_this_turn_but_no_later_one()
    {
        await Assert.ThrowsAsync<BackendException>(() => AdaptAsync([User(Address)], takesImages: true, readsUrls: false));

        var adapted = await AdaptAsync([User(Data, Address), new(ChatRole.Assistant, "A cat."), new(ChatRole.User, "Which?")], takesImages: true, readsUrls: false);

        var first = adapted.First().Contents;
        Assert.Same(Data, first[0]);
        Assert.Equal("[an image, which can no longer be read at its address]", Assert.IsType<TextContent>(first[1]).Text);
    }

    private static ChatMessage User(params AIContent[] contents) => new(ChatRole.User, [.. contents]);

    private async Task<IEnumerable<ChatMessage>> AdaptAsync(ChatMessage[] messages, bool takesImages, bool readsUrls) =>
        await ImageMessages.ForAsync(new ResolvedBackend(null!, "b", "m") { TakesImages = takesImages, ReadsImageUrls = readsUrls }, messages, _fetcher, CancellationToken.None);
}
