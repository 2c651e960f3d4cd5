using ActorLlm.Simulator;
using Microsoft.Extensions.Options;

try
{
    await using WebApplication app = SimulatorServer.Build(args);
    await app.RunAsync();
    return 0;
}
catch (OptionsValidationException exception)
{
    foreach (string failure in exception.Failures)
        await Console.Error.WriteLineAsync(failure);
    return 1;
}
catch (IOException exception)
{
    // Kestrel's own words name the address and say that it is in use.
    await Console.Error.WriteLineAsync($"{exception.Message} Give another address with --urls http://127.0.0.1:PORT.");
    return 1;
}
