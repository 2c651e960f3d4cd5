return await ActorLlm.Simulator.SimulatorServer.RunAsync(args, Console.Error);
