using System.Runtime.CompilerServices;
using ActorLlm.Modules;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ActorLlm.Hosting.Tests.Modules;

public sealed class ModuleSettingsTests
{
    [Fact]
    public void What_is_configured_goes_before_what_code_says_and_that_before_the_default()
    {
        var options = Read([("Modules:support:Concurrency", "7"), ("Modules:SUPPORT:Timeout", "00:00:09")], services => services.AddModule<Silent>("support", module =>
        {
            module.Concurrency = 3;
            module.Role = "text";
        }));

        Assert.Equal(("support", 7, TimeSpan.FromSeconds(9), "text", ""), (options.Name, options.Options.Concurrency, options.Options.Timeout, options.Options.Role, options.Options.Model));
    }

    [Theory]
    [InlineData("Modules:support:Concurrency", "0", "ActorLlm:Modules:support:Concurrency is 0; allowed is 1 to 100000.")]
    [InlineData("Modules:support:Concurrency", "many", "ActorLlm:Modules:support:Concurrency is 'many'; allowed is a whole number from 1 to 100000.")]
    [InlineData("Modules:support:Timeout", "2.00:00:00", "ActorLlm:Modules:support:Timeout is 2.00:00:00; allowed is 00:00:00.100 to 1.00:00:00.")]
    [InlineData("Modules:support:Timeout", "soon", "ActorLlm:Modules:support:Timeout is 'soon'; allowed is 00:00:00.100 to 1.00:00:00 (days.hours:minutes:seconds).")]
    [InlineData("Modules:support:Role", "a role", "ActorLlm:Modules:support:Role is 'a role'; expected 1 to 64 letters, digits, '.', '_' or '-', or leave it out for every worker.")]
    [InlineData("Modules:support:Model", "gpt-9", "ActorLlm:Modules:support:Model is 'gpt-9', which no backend serves; expected one of simulator, or leave it out for the default.")]
    [InlineData("Modules:support:Concurency", "3", "ActorLlm:Modules:support:Concurency is not a setting; expected one of Model, Concurrency, Timeout, Role.")]
    [InlineData("Modules:suport:Concurrency", "3", "ActorLlm:Modules:suport is no module of this host; known are support.")]
    [InlineData("Modules:support", "x", "ActorLlm:Modules:support is 'x' but is no setting itself; expected keys below it: Model, Concurrency, Timeout, Role.")]
    [InlineData("Modules", "support", "ActorLlm:Modules is 'support' but is no setting itself; expected modules below it, such as ActorLlm:Modules:support:Concurrency.")]
    [InlineData("Modules:support:Model:Name", "x", "ActorLlm:Modules:support:Model is one value with nothing below it.")]
    public void A_wrong_setting_is_named_with_its_value_and_what_is_allowed(string key, string value, string message) =>
        Assert.Equal([message], Failures([(key, value)], services => services.AddModule<Silent>("support")));

    [Fact]
    public void Settings_of_modules_are_refused_where_there_are_none() => Assert.Equal(
        ["ActorLlm:Modules:support is no module of this host; this host adds no modules (services.AddModule<T>(\"name\"))."],
        Failures([("Modules:support:Concurrency", "3")], _ => { }));

    [Fact]
    public void A_module_cannot_have_the_name_of_a_backends_model() => Assert.Equal(
        ["The module 'simulator' has the name of a model of the backend 'main'; a turn names either by its model, so give the module another name."],
        Failures([], services => services.AddModule<Silent>("simulator")));

    [Fact]
    public void A_name_is_added_once_whatever_the_case_of_its_letters() => Assert.Equal(
        ["The module 'support' is added 2 times; expected is each name once, whatever the case of its letters."],
        Failures([], services => services.AddModule<Silent>("support").AddModule<Silent>("Support")));

    [Fact]
    public void A_name_that_could_not_stand_in_a_key_is_refused() =>
        Assert.StartsWith("ActorLlm:Modules has 'a b'", Assert.Single(Failures([], services => services.AddModule<Silent>("a b"))), StringComparison.Ordinal);

    [Fact]
    public void A_node_may_have_a_role_that_a_module_asks_for_and_no_other()
    {
        static void Add(IServiceCollection services) => services.AddModule<Silent>("look", module => module.Role = "image");
        using var provider = Provide([("Roles", "worker,image")], Add);
        using var wrong = Provide([("Roles", "worker,images")], Add);

        Assert.Equal(["worker", "image"], provider.GetRequiredService<IOptions<ActorLlmOptions>>().Value.Roles);
        var error = Assert.Throws<OptionsValidationException>(() => wrong.GetRequiredService<IOptions<ActorLlmOptions>>().Value);
        Assert.Equal(["ActorLlm:Roles has 'images'; allowed are gateway, conversation, worker, image."], error.Failures);
    }

    [Fact]
    public void Modules_are_listed_behind_the_models_of_the_backends()
    {
        using var provider = Provide([], services => services.AddModule<Silent>("zebra").AddModule<Silent>("apple"));

        Assert.Equal(["simulator", "apple", "zebra"], provider.GetRequiredService<IModels>().Names);
    }

    [Theory]
    [InlineData("Images:MaxBytes", "7", "ActorLlm:Images:MaxBytes is 7; allowed is 1024 to 67108864.")]
    [InlineData("Images:Timeout", "01:00:00", "ActorLlm:Images:Timeout is 01:00:00; allowed is 00:00:01 to 00:05:00.")]
    [InlineData("Images:AllowedHosts", "images.test,https://x", "ActorLlm:Images:AllowedHosts has 'https://x'; expected is the name of a host, such as images.example.com, *.example.com or images.example.com:8443.")]
    [InlineData("Images:AllowedHosts", "10.0.0.1", "ActorLlm:Images:AllowedHosts has '10.0.0.1'; expected is the name of a host, such as images.example.com, *.example.com or images.example.com:8443.")]
    public void A_wrong_setting_of_images_is_named_with_its_value_and_what_is_allowed(string key, string value, string message)
    {
        using var provider = Provide([(key, value)], _ => { });

        Assert.Equal([message], Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<ActorLlmOptions>>().Value).Failures);
    }

    private static (string Name, ModuleOptions Options) Read((string Key, string Value)[] settings, Action<IServiceCollection> add)
    {
        using var provider = Provide(settings, add);
        return Assert.Single(provider.GetRequiredService<IOptions<ModulesOptions>>().Value.Modules);
    }

    private static IEnumerable<string> Failures((string Key, string Value)[] settings, Action<IServiceCollection> add)
    {
        using var provider = Provide(settings, add);
        return Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<ModulesOptions>>().Value).Failures;
    }

    private static ServiceProvider Provide((string Key, string Value)[] settings, Action<IServiceCollection> add)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([.. settings.Append(("Backends:main:Type", "Simulator")).Select(setting => KeyValuePair.Create("ActorLlm:" + setting.Item1, (string?)setting.Item2))])
            .Build();
        var services = new ServiceCollection().AddActorLlmServices(configuration);
        add(services);
        return services.BuildServiceProvider();
    }

    private sealed class Silent : IModule
    {
        public async IAsyncEnumerable<ChatResponseUpdate> RunAsync(ModuleTurn turn, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            yield break;
        }
    }
}
