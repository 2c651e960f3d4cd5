using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ActorLlm.PetabridgeCmd.Tests;

public sealed class SettingsTests
{
    [Fact]
    public void Without_a_setting_pbm_is_let_in_where_it_looks_by_itself() =>
        Assert.Equal(new PetabridgeCmdSettings("127.0.0.1", 9110), Read());

    [Fact]
    public void Other_machines_are_let_in_only_when_that_is_said_twice()
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Read(("Host", "0.0.0.0")));

        Assert.Contains("ActorLlm:PetabridgeCmd:Host is '0.0.0.0'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AllowAnonymous", refused.Message, StringComparison.Ordinal);
        Assert.Equal("0.0.0.0", Read(("Host", "0.0.0.0"), ("AllowAnonymous", "true")).Host);
    }

    [Theory]
    [InlineData("Port", "65536", "allowed is 0 to 65535")]
    [InlineData("Port", "-1", "allowed is 0 to 65535")]
    [InlineData("Port", "pbm", "allowed is 0 to 65535")]
    [InlineData("Prot", "1", "known are Host, Port and AllowAnonymous")]
    [InlineData("Host", " ", "expected an address")]
    [InlineData("AllowAnonymous", "yes", "allowed is true or false")]
    public void A_wrong_setting_is_named_with_what_is_allowed(string key, string value, string expected)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Read((key, value)));

        Assert.Contains($"ActorLlm:PetabridgeCmd:{key}", refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    private static PetabridgeCmdSettings Read(params (string Key, string Value)[] settings) => PetabridgeCmdSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"ActorLlm:PetabridgeCmd:{setting.Key}", (string?)setting.Value))).Build());
}
