using BenchmarkDotNet.Attributes;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;

namespace RoomWs.Bench.Micro;

/// <summary>Measures the permission check for every pair of role and action.</summary>
public class PermissionBenchmarks
{
    private static readonly RoomRole?[] Roles = [null, RoomRole.Owner, RoomRole.Admin, RoomRole.Member];
    private static readonly RoomAction[] Actions = Enum.GetValues<RoomAction>();

    [Benchmark]
    public int AllowAll()
    {
        var allowed = 0;
        foreach (var role in Roles)
        {
            foreach (var action in Actions)
            {
                if (RoomPermissions.Allow(role, action)) allowed++;
            }
        }

        return allowed;
    }
}
