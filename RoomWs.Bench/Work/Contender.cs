using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Work;

/// <summary>A running server with a load that is ready to run.</summary>
internal sealed record Contender<TLoad>(ServerUnderTest Server, TLoad Load) : IDisposable
{
    /// <summary>Starts the servers of these names and creates the load of each.</summary>
    public static List<Contender<TLoad>> StartAll(LoadPlan plan, IReadOnlyList<string> names, Func<ServerUnderTest, TLoad> makeLoad)
    {
        var contenders = new List<Contender<TLoad>>();
        try
        {
            foreach (var name in names)
            {
                plan.Progress($"  starting {name}");
                var server = plan.Start(name);
                try
                {
                    contenders.Add(new Contender<TLoad>(server, makeLoad(server)));
                }
                catch
                {
                    server.Dispose();
                    throw;
                }
            }

            return contenders;
        }
        catch
        {
            contenders.ForEach(contender => contender.Dispose());
            throw;
        }
    }

    public void Dispose() => Server.Dispose();
}
