using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace RoomWs.Server.Transport;

/// <summary>The clients that the kernel has taken in and the server has not. Nothing is known of them where the system is not Linux.</summary>
internal sealed class AcceptQueue
{
    // From linux/tcp.h: the option, and where a socket that listens has the length of its queue.
    private const int IpProtoTcp = 6;
    private const int TcpInfo = 11;
    private const int QueuedAt = 24;
    private const int EndsAt = 28;

    private Socket[] _sockets = [];

    /// <summary>How many there are. A call to the kernel for each address that is listened on.</summary>
    public int Count => _sockets.Sum(CountOf);

    /// <summary>Makes the socket that listens on an address.</summary>
    public Socket Open(EndPoint address)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
        _sockets = [.. _sockets, socket];
        return socket;
    }

    private static int CountOf(Socket socket)
    {
        if (!OperatingSystem.IsLinux()) return 0;
        Span<byte> info = stackalloc byte[EndsAt];
        try
        {
            return socket.GetRawSocketOption(IpProtoTcp, TcpInfo, info) < EndsAt ? 0 : MemoryMarshal.Read<int>(info[QueuedAt..]);
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }
}
