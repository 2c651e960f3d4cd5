using ActorLlm.Backends.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ActorLlm.Backends.Tests.Catalog;

public class BackendCatalogTests
{
    private static BackendCatalog Catalog(params (string Name, int Weight, string[] Models)[] backends) => Catalog(null, backends);

    private static BackendCatalog Catalog(string? defaultModel, params (string Name, int Weight, string[] Models)[] backends)
    {
        var options = new BackendsOptions { DefaultModel = defaultModel };
        foreach ((string name, int weight, string[] models) in backends)
            options.Backends.Add(new BackendOptions { Name = name, Type = BackendType.Simulator, Weight = weight, Models = models });
        return BackendCatalog.Create(options, new Random(1));
    }

    private static (string Backend, Task Call) Hang(BackendCatalog catalog, CancellationToken stop)
    {
        ResolvedBackend resolved = catalog.Resolve("m");
        return (resolved.Backend, Observation.OfStream(resolved.Client, "[[fault hang]]", stop));
    }

    [Fact]
    public void Models_are_listed_once_with_the_backends_that_serve_them()
    {
        using BackendCatalog catalog = Catalog(("a", 1, ["x", "y"]), ("b", 1, ["y", "z"]));
        Assert.Equal(
            [("x", "a", true), ("y", "a,b", false), ("z", "b", false)],
            catalog.Models.Select(model => (model.Id, string.Join(',', model.Backends), model.IsDefault)));
    }

    [Fact]
    public void Images_go_to_a_backend_that_takes_them_where_there_is_one()
    {
        var options = new BackendsOptions();
        options.Backends.Add(new BackendOptions { Name = "blind", Type = BackendType.Simulator, Models = ["both", "words"], Images = false, Weight = 1000 });
        options.Backends.Add(new BackendOptions { Name = "seeing", Type = BackendType.Simulator, Models = ["both"], ImageUrls = false });
        using BackendCatalog catalog = BackendCatalog.Create(options, new Random(1));

        Assert.All(Enumerable.Range(0, 100), _ =>
        {
            Assert.True(catalog.TryResolve("both", images: true, out ResolvedBackend resolved));
            Assert.Equal(("seeing", true, false), (resolved.Backend, resolved.TakesImages, resolved.ReadsImageUrls));
        });
        Assert.True(catalog.TryResolve("words", images: true, out ResolvedBackend only));
        Assert.Equal(("blind", false), (only.Backend, only.TakesImages));
        Assert.Contains("blind", Enumerable.Range(0, 100).Select(_ => catalog.Resolve("both").Backend));
        Assert.Equal([("both", true, false), ("words", false, false)], catalog.Models.Select(model => (model.Id, model.TakesImages, model.ReadsImageUrls)));
        Assert.True(catalog.SomeTakeNoImages);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void No_model_means_the_first_model_of_the_first_backend(string? model)
    {
        using BackendCatalog catalog = Catalog(("a", 1, ["x", "y"]), ("b", 1, ["z"]));
        ResolvedBackend resolved = catalog.Resolve(model);
        Assert.Equal(("a", "x"), (resolved.Backend, resolved.Model));
    }

    [Fact]
    public void Another_default_model_can_be_named()
    {
        using BackendCatalog catalog = Catalog("z", ("a", 1, ["x", "y"]), ("b", 1, ["z"]));
        Assert.Equal(("b", "z"), (catalog.Resolve().Backend, catalog.DefaultModel));
    }

    [Fact]
    public void An_unknown_model_is_not_resolved()
    {
        using BackendCatalog catalog = Catalog(("a", 1, ["x"]));
        Assert.False(catalog.TryResolve("X", out _));
    }

    [Fact]
    public async Task The_backend_with_the_fewest_calls_for_its_weight_is_taken()
    {
        using BackendCatalog catalog = Catalog(("small", 1, ["m"]), ("large", 3, ["m"]));
        using var stop = new CancellationTokenSource();
        List<(string Backend, Task Call)> hanging = [];
        for (int i = 0; i < 40; i++)
            hanging.Add(Hang(catalog, stop.Token));
        Assert.Equal([("large", 30), ("small", 10)], hanging.CountBy(call => call.Backend).Select(pair => (pair.Key, pair.Value)).Order());

        await stop.CancelAsync();
        await Task.WhenAll(hanging.Select(call => call.Call));
    }

    [Fact]
    public async Task A_call_that_has_ended_no_longer_counts()
    {
        using BackendCatalog catalog = Catalog(("a", 1, ["m"]), ("b", 1, ["m"]));
        using var stop = new CancellationTokenSource();
        (string busy, Task first) = Hang(catalog, stop.Token);
        for (int i = 0; i < 5; i++)
        {
            using var stopThis = new CancellationTokenSource();
            (string chosen, Task call) = Hang(catalog, stopThis.Token);
            Assert.NotEqual(busy, chosen);
            await stopThis.CancelAsync();
            await call;
        }

        await stop.CancelAsync();
        await first;
    }

    [Fact]
    public void Idle_backends_are_chosen_in_proportion_to_their_weights()
    {
        using BackendCatalog catalog = Catalog(("a", 1, ["m"]), ("b", 2, ["m"]), ("c", 7, ["m"]));
        Dictionary<string, int> chosen = Enumerable.Range(0, 10_000).CountBy(_ => catalog.Resolve("m").Backend).ToDictionary();
        Assert.InRange(chosen["a"], 900, 1_100);
        Assert.InRange(chosen["b"], 1_850, 2_150);
        Assert.InRange(chosen["c"], 6_850, 7_150);
    }

    [Fact]
    public async Task The_models_of_a_backend_share_its_places()
    {
        using BackendCatalog catalog = OneBackend.Of(BackendType.Simulator, configure: backend =>
        {
            backend.Models = ["x", "y"];
            backend.Concurrency = 1;
        });
        using var stop = new CancellationTokenSource();
        Task<Observation> first = Observation.OfStream(catalog.Resolve("x").Client, "hang [[fault hang]]", stop.Token);
        Task<Observation> second = Observation.OfStream(catalog.Resolve("y").Client, "short");
        Assert.False(second.IsCompleted);
        await stop.CancelAsync();
        await first;
        Assert.Null((await second).Failure);
    }

    [Fact]
    public async Task An_answer_carries_the_name_of_its_model()
    {
        using BackendCatalog catalog = Catalog(("a", 1, ["x", "y"]));
        ChatResponse response = await catalog.Resolve("y").Client.GetResponseAsync("hello");
        Assert.Equal("y", response.ModelId);
    }

    [Fact]
    public async Task A_call_that_outlives_the_catalog_ends_in_good_order()
    {
        using var stop = new CancellationTokenSource();
        BackendCatalog catalog = Catalog(("a", 1, ["x"]));
        Task<Observation> call = Observation.OfStream(catalog.Resolve().Client, "[[fault hang]]", stop.Token);
        catalog.Dispose();
        await stop.CancelAsync();
        Assert.IsAssignableFrom<OperationCanceledException>((await call).Thrown);
    }

    [Fact]
    public void A_catalog_without_a_container_validates_its_options()
    {
        Assert.Contains(
            "ActorLlm:Backends is empty",
            Assert.Throws<OptionsValidationException>(() => Catalog()).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "ActorLlm:Backends:a:Weight is '0': expected a whole number from 1 to 1000.",
            Assert.Throws<OptionsValidationException>(() => Catalog(("a", 0, ["x"]))).Message,
            StringComparison.Ordinal);
    }
}
