using ActorLlm.Domain.Routing;

namespace ActorLlm.Domain.Tests.Routing;

public sealed class ModuleTablesTests
{
    private readonly ModuleTables<string> _tables = new(["image", "text"]);
    private readonly Random _random = new(711);

    [Fact]
    public void A_module_that_is_registered_is_known_before_any_worker_serves_it()
    {
        Assert.False(_tables.Of("image")!.TryPick(_random, out _));
        Assert.Null(_tables.Of("gpt-4o"));
        Assert.Null(new ModuleTables<string>([]).Of("image"));
    }

    [Fact]
    public void A_turn_goes_to_a_worker_that_serves_its_module_and_to_no_other()
    {
        _tables.Report("a", [Load("text")]);
        _tables.Report("b", [Load("image")]);
        _tables.Report("c", []);

        Assert.All(Picks("image"), worker => Assert.Equal("b", worker));
        Assert.All(Picks("text"), worker => Assert.Equal("a", worker));
    }

    [Fact]
    public void A_module_that_only_a_worker_knows_is_learned_from_it()
    {
        _tables.Report("a", [Load("later")]);

        Assert.All(Picks("later"), worker => Assert.Equal("a", worker));
        Assert.Equal(["image", "later", "text"], _tables.Modules.Order());
    }

    [Fact]
    public void A_worker_that_no_longer_serves_a_module_is_given_none_of_it()
    {
        _tables.Report("a", [Load("image"), Load("text")]);
        _tables.Report("a", [Load("text")]);

        Assert.False(_tables.Of("image")!.TryPick(_random, out _));
        Assert.True(_tables.Of("text")!.TryPick(_random, out _));
    }

    [Fact]
    public void One_module_that_is_full_on_a_worker_leaves_the_others_room_there()
    {
        _tables.Report("a", [Load("image") with { InFlight = 8 }, Load("text")]);

        Assert.False(_tables.Of("image")!.TryPick(_random, out _));
        Assert.True(_tables.Of("text")!.TryPick(_random, out _));
    }

    [Fact]
    public void A_worker_that_is_unreachable_or_gone_serves_nothing()
    {
        _tables.Report("a", [Load("image"), Load("text")]);

        _tables.SetReachable("a", false);
        Assert.False(_tables.Of("image")!.TryPick(_random, out _));
        _tables.SetReachable("a", true);
        Assert.True(_tables.Of("image")!.TryPick(_random, out _));
        _tables.Remove("a");
        Assert.False(_tables.Of("text")!.TryPick(_random, out _));
    }

    private static ModuleLoad Load(string module) => new(module, 4, 0, TimeSpan.Zero);

    private string[] Picks(string module) => Enumerable.Range(0, 100).Select(_ =>
    {
        Assert.True(_tables.Of(module)!.TryPick(_random, out var worker));
        return worker;
    }).ToArray();
}
