using RoomWs.Server.Hosting.CommandLine;

return await new RoomWsCommandLine(Environment.GetEnvironmentVariables(), TimeProvider.System)
    .RunAsync(args, Console.Out, Console.Error);
