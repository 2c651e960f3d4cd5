using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway.Tests;

public sealed class GatewayOptionsTests
{
    [Fact]
    public void Defaults_are_valid_with_and_without_a_configuration()
    {
        using var services = new ServiceCollection().AddActorLlmGateway().BuildServiceProvider();
        var options = services.GetRequiredService<IOptions<GatewayOptions>>().Value;
        Assert.Equal(TimeSpan.FromMinutes(10), options.MaxWait);
        Assert.Equal(TimeSpan.FromSeconds(15), options.HeartbeatInterval);
        Assert.Equal(8 * 1024 * 1024, options.MaxRequestBytes);
        Assert.Equal(4096, options.MaxDirectCalls);
        Assert.Equal(TimeSpan.FromMinutes(10), Read().MaxWait);
        Assert.False(options.AllowAnonymous);
        Assert.Empty(options.ApiKeys);
    }

    [Fact]
    public void Settings_come_from_the_configuration_and_then_from_code()
    {
        var options = Read(("maxwait", "00:00:30"), ("HeartbeatInterval", "00:00:05"), ("MaxRequestBytes", "65536"));
        Assert.Equal(TimeSpan.FromSeconds(30), options.MaxWait);
        Assert.Equal(TimeSpan.FromSeconds(5), options.HeartbeatInterval);
        Assert.Equal(65536, options.MaxRequestBytes);
        using var services = Services([("MaxWait", "00:00:30")], set => set.MaxWait = TimeSpan.FromSeconds(40));
        Assert.Equal(TimeSpan.FromSeconds(40), services.GetRequiredService<IOptions<GatewayOptions>>().Value.MaxWait);
    }

    [Theory]
    [InlineData("MaxWait", "00:00:00.5", "ActorLlm:Gateway:MaxWait is 00:00:00.5000000; allowed is 00:00:01 to 1.00:00:00 (days.hours:minutes:seconds).")]
    [InlineData("MaxWait", "600", "ActorLlm:Gateway:MaxWait is 600.00:00:00; allowed is 00:00:01 to 1.00:00:00 (days.hours:minutes:seconds).")]
    [InlineData("MaxWait", "ten", "ActorLlm:Gateway:MaxWait is 'ten'; allowed is 00:00:01 to 1.00:00:00 (days.hours:minutes:seconds).")]
    [InlineData("HeartbeatInterval", "-00:00:15", "ActorLlm:Gateway:HeartbeatInterval is -00:00:15; allowed is 00:00:01 to 00:05:00 (hours:minutes:seconds).")]
    [InlineData("MaxRequestBytes", "1", "ActorLlm:Gateway:MaxRequestBytes is 1; allowed is 65536 to 67108864.")]
    [InlineData("MaxRequestBytes", "8MB", "ActorLlm:Gateway:MaxRequestBytes is '8MB'; allowed is 65536 to 67108864.")]
    [InlineData("MaxDirectCalls", "0", "ActorLlm:Gateway:MaxDirectCalls is 0; allowed is 1 to 100000.")]
    [InlineData("MaxDirectCalls", "100001", "ActorLlm:Gateway:MaxDirectCalls is 100001; allowed is 1 to 100000.")]
    [InlineData("MaxDirectCalls", "many", "ActorLlm:Gateway:MaxDirectCalls is 'many'; allowed is 1 to 100000.")]
    [InlineData("MaxWiat", "00:01:00", "ActorLlm:Gateway:MaxWiat is not a setting; known are MaxWait, HeartbeatInterval, MaxRequestBytes, MaxDirectCalls, ApiKeys and AllowAnonymous.")]
    [InlineData("AllowAnonymous", "yes", "ActorLlm:Gateway:AllowAnonymous is 'yes'; allowed is true or false.")]
    public void A_wrong_setting_stops_the_start_and_names_key_value_and_range(string key, string value, string message)
    {
        using var services = Services([(key, value)]);
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());
        Assert.Equal(message, error.Message);
    }

    private static GatewayOptions Read(params (string, string)[] settings)
    {
        using var services = Services(settings);
        return services.GetRequiredService<IOptions<GatewayOptions>>().Value;
    }

    private static ServiceProvider Services((string Key, string Value)[] settings, Action<GatewayOptions>? configure = null) =>
        new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection(settings.Select(one => KeyValuePair.Create($"ActorLlm:Gateway:{one.Key}", (string?)one.Value)))
                .Build())
            .AddActorLlmGateway(configure)
            .BuildServiceProvider();
}
