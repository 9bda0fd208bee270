using RoomWs.Server.Hosting.CommandLine;

if (Arguments.TooFewFiles(args) is { } reason)
{
    Console.Error.WriteLine(reason);
    return ExitCode.CouldNotStart;
}

return await new RoomWsCommandLine(Environment.GetEnvironmentVariables(), TimeProvider.System)
    .RunAsync(args, Console.Out, Console.Error);
